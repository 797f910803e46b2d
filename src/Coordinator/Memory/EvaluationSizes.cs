using MoR.Coordinator.Evaluation;
using MoR.Coordinator.Generation;
using MoR.Model.Backbone;

namespace MoR.Coordinator.Memory;

/// <summary>The largest micro-batches of an evaluation.</summary>
/// <param name="Scoring">Of likelihoods; no sequence if none is scored.</param>
/// <param name="Generation">What is generated together, batch by batch; empty if nothing is.</param>
internal sealed record EvaluationSizes(PassSize Scoring, IReadOnlyList<GenerationSize> Generation)
{
    /// <summary>Those of a task.</summary>
    public static EvaluationSizes Of(LlamaConfig config, EvaluationTask task)
    {
        var choices = task.Choices.SelectMany(item =>
            item.Tokens.Select(tokens => new ScoredSequence(tokens, item.PromptLength)));
        var texts = task.Sequences.Select(sequence => new ScoredSequence(sequence.Tokens, sequence.PromptLength));
        var prompts = OfGeneration(config, [.. task.Prompts.Select(prompt => (prompt.Tokens, prompt.Options))]);
        return prompts with { Scoring = OfScoring(choices.Concat(texts)).Scoring };
    }

    /// <summary>Those of scored sequences, which go in batches of a bounded number of tokens.</summary>
    public static EvaluationSizes OfScoring(IEnumerable<ScoredSequence> sequences)
    {
        var (count, longest, share) = (0L, 0L, 0.0);
        foreach (var readOnce in sequences.GroupBy(sequence => sequence.InputKey, StringComparer.Ordinal))
        {
            var length = readOnce.Max(sequence => sequence.Tokens.Length);
            count++;
            longest = Math.Max(longest, length);
            share = Math.Max(share, (double)readOnce.Sum(item => item.Tokens.Length - item.PromptLength) / length);
        }

        var batch = longest == 0 ? 0 : Math.Min(count, Math.Max(1, LikelihoodScorer.BatchTokens / longest));
        return new(new PassSize(batch, longest, (long)Math.Ceiling(batch * longest * share)), []);
    }

    /// <summary>Those of continuing prompts, which go in batches of a bounded room in their caches.</summary>
    public static EvaluationSizes OfGeneration(
        LlamaConfig config, IReadOnlyList<(int[] Tokens, SamplingOptions Options)> prompts) => new(
        default,
        [
            .. TextGenerator.Batches(config, prompts).Select(batch => new GenerationSize(
                new PassSize(batch.Count, batch.Max(prompt => prompt.Tokens.Length), batch.Count),
                batch.Sum(prompt => (long)Continuation.Capacity(config, prompt.Tokens, prompt.Options)))),
        ]);
}
