using MoR.Coordinator.Evaluation;
using MoR.Coordinator.Generation;
using MoR.Model.Backbone;

namespace MoR.Coordinator.Memory;

/// <summary>The micro-batches of an evaluation.</summary>
/// <param name="Scoring">Of likelihoods, in the order they are scored.</param>
/// <param name="Generation">What is generated together, batch by batch.</param>
internal sealed record EvaluationSizes(IReadOnlyList<PassSize> Scoring, IReadOnlyList<GenerationSize> Generation)
{
    /// <summary>Those of a task.</summary>
    public static EvaluationSizes Of(LlamaConfig config, EvaluationTask task)
    {
        var choices = task.Choices.SelectMany(item =>
            item.Tokens.Select(tokens => new ScoredSequence(tokens, item.PromptLength)));
        var texts = task.Sequences.Select(sequence => new ScoredSequence(sequence.Tokens, sequence.PromptLength));
        var prompts = OfGeneration(config, [.. task.Prompts.Select(prompt => (prompt.Tokens, prompt.Options))]);
        return prompts with { Scoring = OfScoring([.. choices, .. texts]).Scoring };
    }

    /// <summary>Those of scored sequences, which go in batches of a bounded number of tokens.</summary>
    public static EvaluationSizes OfScoring(IReadOnlyList<ScoredSequence> sequences) => new(
        [
            .. LikelihoodScorer.Batches(sequences).Select(batch => new PassSize(
                Sequences: 1,
                batch.Sum(group => (long)sequences[group[0]].Tokens.Length),
                batch.Sum(group => group.Sum(index => (long)sequences[index].Tokens.Length - sequences[index].PromptLength)))),
        ],
        []);

    /// <summary>Those of continuing prompts, which go in batches of a bounded room in their caches.</summary>
    public static EvaluationSizes OfGeneration(
        LlamaConfig config, IReadOnlyList<(int[] Tokens, SamplingOptions Options)> prompts) => new(
        [],
        [
            .. TextGenerator.Batches(config, prompts).Select(batch => new GenerationSize(
                new PassSize(batch.Count, batch.Max(prompt => prompt.Tokens.Length), batch.Count),
                batch.Sum(prompt => (long)Continuation.Capacity(config, prompt.Tokens, prompt.Options)))),
        ]);
}
