using MoR.Coordinator.Models;
using MoR.Engine;
using MoR.Model.Backbone;
using MoR.Model.Segments;
using static TorchSharp.torch;

namespace MoR.Coordinator.Generation;

/// <summary>Continues texts token by token, over key/value caches; many texts go through the backbone together.</summary>
public sealed class TextGenerator(AdaptedModel model, MicroBatchRunner runner, Func<TextCodec> text, Func<long> version)
{
    private const int BatchTokens = 2048; // room in the caches of the texts that go together

    /// <summary>Continues <paramref name="prompt"/>.</summary>
    /// <param name="prompt">Token ids; at least one, at most the backbone's positions.</param>
    /// <param name="options">How to choose.</param>
    /// <param name="stream">Told each new piece of text, or null.</param>
    /// <param name="cancel">Honoured between tokens.</param>
    public async Task<GeneratedText> GenerateAsync(
        int[] prompt, SamplingOptions options, Action<string>? stream, CancellationToken cancel) =>
        (await ContinueAsync([(prompt, options)], stream, cancel))[0];

    /// <summary>Continues each prompt; which ones go together depends on the list alone.</summary>
    /// <param name="prompts">Token ids of each, at least one, at most the backbone's positions, and how to choose.</param>
    /// <param name="progress">Told how many are done.</param>
    /// <param name="cancel">Honoured between tokens.</param>
    public async Task<IReadOnlyList<GeneratedText>> GenerateAllAsync(
        IReadOnlyList<(int[] Tokens, SamplingOptions Options)> prompts, Action<int>? progress, CancellationToken cancel)
    {
        var texts = new List<GeneratedText>(prompts.Count);
        foreach (var together in Batches(model.Backbone.Config, prompts))
        {
            texts.AddRange(await ContinueAsync(together, null, cancel));
            progress?.Invoke(texts.Count);
        }

        return texts;
    }

    /// <summary>The prompts that go together: as many as their caches leave room for, at least one.</summary>
    public static IEnumerable<IReadOnlyList<(int[] Tokens, SamplingOptions Options)>> Batches(
        LlamaConfig config, IReadOnlyList<(int[] Tokens, SamplingOptions Options)> prompts)
    {
        for (var start = 0; start < prompts.Count;)
        {
            var room = 0;
            var together = prompts.Skip(start)
                .TakeWhile((prompt, index) =>
                    (room += Continuation.Capacity(config, prompt.Tokens, prompt.Options)) <= BatchTokens || index == 0)
                .ToList();
            yield return together;
            start += together.Count;
        }
    }

    private async Task<GeneratedText[]> ContinueAsync(
        IReadOnlyList<(int[] Tokens, SamplingOptions Options)> prompts, Action<string>? stream, CancellationToken cancel)
    {
        var texts = new List<Continuation>(prompts.Count);
        try
        {
            foreach (var (tokens, options) in prompts)
            {
                texts.Add(new Continuation(model.Backbone, tokens, options, text().Tokenizer.DecodeStream(), stream));
            }

            while (texts.FindAll(item => !item.IsDone) is { Count: > 0 } going)
            {
                await AdvanceAsync(going, cancel);
            }

            return [.. texts.Select(item => item.Finish())];
        }
        finally
        {
            texts.ForEach(item => item.Dispose());
        }
    }

    private async Task AdvanceAsync(List<Continuation> texts, CancellationToken cancel)
    {
        var batch = PackedBatch.ForGeneration([.. texts.Select(item => (item.Input, item.Cache.Length))]);
        using var microBatch = new LlamaMicroBatch(
            model, batch, MicroBatchContext.Inference(version()), [.. texts.Select(item => item.Cache)]);
        await runner.ForwardAsync(microBatch, cancel);
        using var scope = NewDisposeScope(); // nothing is awaited below
        var logits = microBatch.Head.Logits!.to(float64).cpu().data<double>().ToArray();
        var vocabulary = logits.Length / texts.Count;
        for (var i = 0; i < texts.Count; i++)
        {
            texts[i].Accept(logits.AsSpan(i * vocabulary, vocabulary));
        }
    }
}
