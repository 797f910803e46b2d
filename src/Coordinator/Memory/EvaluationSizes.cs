using MoR.Coordinator.Evaluation;

namespace MoR.Coordinator.Memory;

/// <summary>The largest micro-batches of an evaluation.</summary>
/// <param name="Scoring">Of likelihoods; no sequence if none is scored.</param>
/// <param name="Prompt">Of generation; no sequence if nothing is generated.</param>
/// <param name="CacheTokens">Tokens that the key/value cache has room for.</param>
internal readonly record struct EvaluationSizes(PassSize Scoring, PassSize Prompt, long CacheTokens)
{
    /// <summary>Those of a task.</summary>
    public static EvaluationSizes Of(EvaluationTask task)
    {
        var sequences = task.Choices.SelectMany(item =>
            item.Tokens.Select(tokens => new ScoredSequence(tokens, item.PromptLength)));
        var prompt = task.Prompts.Select(item => item.Tokens.Length).DefaultIfEmpty().Max();
        return OfScoring(sequences) with
        {
            Prompt = new PassSize(prompt > 0 ? 1 : 0, prompt, 1),
            CacheTokens = task.Prompts.Select(item => item.Tokens.Length + item.Options.MaxNewTokens).DefaultIfEmpty().Max(),
        };
    }

    /// <summary>Those of scored sequences, which go in batches of a bounded number of tokens.</summary>
    public static EvaluationSizes OfScoring(IEnumerable<ScoredSequence> sequences)
    {
        var (count, longest, share) = (0L, 0L, 0.0);
        foreach (var sequence in sequences)
        {
            var length = sequence.Tokens.Length;
            count++;
            longest = Math.Max(longest, length);
            share = Math.Max(share, (double)(length - sequence.PromptLength) / length);
        }

        var batch = longest == 0 ? 0 : Math.Min(count, Math.Max(1, LikelihoodScorer.BatchTokens / longest));
        return default(EvaluationSizes) with
        {
            Scoring = new PassSize(batch, longest, (long)Math.Ceiling(batch * longest * share)),
        };
    }

    /// <summary>Those of generating one text.</summary>
    public static EvaluationSizes OfGeneration(int prompt, int newTokens) =>
        new(default, new PassSize(1, prompt, 1), prompt + newTokens);
}
