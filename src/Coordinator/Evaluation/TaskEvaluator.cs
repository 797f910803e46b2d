using MoR.Coordinator.Configuration;
using MoR.Coordinator.Generation;

namespace MoR.Coordinator.Evaluation;

/// <summary>
/// Scores tasks: the likeliest choice where there are choices, otherwise perplexity or greedy generation compared with
/// the reference.
/// </summary>
public sealed class TaskEvaluator(
    LikelihoodScorer scorer, TextGenerator generator, RecipeLengthNormalisation normalisation)
{
    /// <summary>The task's metric.</summary>
    /// <param name="task">The task.</param>
    /// <param name="progress">Told done and total.</param>
    /// <param name="cancel">Honoured between batches.</param>
    public async Task<MetricResult> EvaluateAsync(
        EvaluationTask task, Action<int, int>? progress, CancellationToken cancel) =>
        task.Definition.Metric == TaskMetric.Perplexity ? await PredictAsync(task, progress, cancel)
        : task.Definition.HasChoices ? await ChooseAsync(task, progress, cancel)
        : await GenerateAsync(task, progress, cancel);

    private async Task<MetricResult> PredictAsync(
        EvaluationTask task, Action<int, int>? progress, CancellationToken cancel)
    {
        var sequences = task.Sequences
            .Select(sequence => new ScoredSequence(sequence.Tokens, sequence.PromptLength)).ToList();
        var scores = await scorer.ScoreAsync(sequences, done => progress?.Invoke(done, sequences.Count), cancel);
        return Metrics.OfLikelihoods(scores, task.Sequences.Sum(sequence => (long)sequence.SupervisedTokens));
    }

    private async Task<MetricResult> ChooseAsync(
        EvaluationTask task, Action<int, int>? progress, CancellationToken cancel)
    {
        var sequences = task.Choices
            .SelectMany(item => item.Tokens.Select(tokens => new ScoredSequence(tokens, item.PromptLength)))
            .ToList();
        var scores = await scorer.ScoreAsync(sequences, done => progress?.Invoke(done, sequences.Count), cancel);
        var predicted = new int[task.Choices.Length];
        var first = 0;
        for (var i = 0; i < predicted.Length; i++)
        {
            var item = task.Choices[i];
            var count = item.Tokens.Length;
            predicted[i] = ChoiceScoring.Predict(
                scores.AsSpan(first, count),
                Enumerable.Range(0, count).Select(item.TokensOf).ToArray(),
                item.Characters.AsSpan(),
                normalisation);
            first += count;
        }

        return Metrics.OfChoices(task.Definition.Metric, predicted, task.Choices.Select(item => item.Label).ToArray());
    }

    private async Task<MetricResult> GenerateAsync(
        EvaluationTask task, Action<int, int>? progress, CancellationToken cancel)
    {
        var generated = await generator.GenerateAllAsync(
            [.. task.Prompts.Select(prompt => (prompt.Tokens, prompt.Options))],
            done => progress?.Invoke(done, task.Prompts.Length),
            cancel);
        return Metrics.OfTexts([.. generated.Select(text => text.Text)], [.. task.Items.Select(item => item.Completion.Trim())]);
    }
}
