using MoR.Coordinator.Models;
using MoR.Engine;
using MoR.Model.Backbone;
using MoR.Model.Segments;
using static TorchSharp.torch;

namespace MoR.Coordinator.Generation;

/// <summary>Continues a text token by token, over a key/value cache.</summary>
public sealed class TextGenerator(AdaptedModel model, MicroBatchRunner runner, Func<TextCodec> text, Func<long> version)
{
    /// <summary>Continues <paramref name="prompt"/>.</summary>
    /// <param name="prompt">Token ids; at least one, at most the backbone's positions.</param>
    /// <param name="options">How to choose.</param>
    /// <param name="stream">Told each new piece of text, or null.</param>
    /// <param name="cancel">Honoured between tokens.</param>
    public async Task<GeneratedText> GenerateAsync(
        int[] prompt, SamplingOptions options, Action<string>? stream, CancellationToken cancel)
    {
        var config = model.Backbone.Config;
        var capacity = Math.Min(config.MaxPositions, prompt.Length + options.MaxNewTokens);
        using var cache = new KeyValueCache(config, capacity, model.Backbone.Dtype, model.Backbone.Device);
        var tokens = new List<int>();
        var decoder = text().Tokenizer.DecodeStream();
        var written = new System.Text.StringBuilder();
        var input = prompt;
        var stop = "max_tokens";
        while (tokens.Count < options.MaxNewTokens)
        {
            if (cache.Length + input.Length > config.MaxPositions)
            {
                stop = "max_positions";
                break;
            }

            var logits = await LogitsAsync(input, cache, cancel);
            var next = TokenSampler.Next(logits, options, prompt.Length + tokens.Count);
            if (config.EndOfText.Contains(next) || next == options.EndOfAnswer)
            {
                stop = "end_of_text";
                break;
            }

            var piece = decoder.Append(next);
            if (options.StopAtLineEnd && piece.IndexOf('\n', StringComparison.Ordinal) is var end and >= 0)
            {
                written.Append(piece.AsSpan(0, end));
                stop = "line_end";
                break;
            }

            tokens.Add(next);
            written.Append(piece);
            stream?.Invoke(piece);
            input = [next];
        }

        var rest = decoder.Finish();
        written.Append(stop == "line_end" ? "" : rest);
        stream?.Invoke(rest);
        return new GeneratedText(written.ToString(), tokens, stop);
    }

    private async Task<double[]> LogitsAsync(int[] input, KeyValueCache cache, CancellationToken cancel)
    {
        var batch = PackedBatch.ForGeneration(input, cache.Length);
        using var microBatch = new LlamaMicroBatch(model, batch, MicroBatchContext.Inference(version()), cache);
        await runner.ForwardAsync(microBatch, cancel);
        using var scope = NewDisposeScope(); // nothing is awaited below
        return microBatch.Head.Logits!.to(float64).cpu().data<double>().ToArray();
    }
}
