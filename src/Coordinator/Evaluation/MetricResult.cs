namespace MoR.Coordinator.Evaluation;

/// <summary>The score of one task.</summary>
/// <param name="Name">The metric: <c>accuracy</c>, <c>matthews</c>, <c>f1</c>, <c>exact_match</c> or
/// <c>perplexity</c>.</param>
/// <param name="Value">Its value: -1..1 for <c>matthews</c>, at least 1 for <c>perplexity</c>, 0..1 for the
/// others.</param>
/// <param name="Accuracy">Fraction of right items, 0..1, whatever the metric; null where nothing is right or
/// wrong.</param>
/// <param name="Count">Number of items; of a plain text, of its windows.</param>
public sealed record MetricResult(string Name, double Value, double? Accuracy, int Count)
{
    /// <summary>Tokens that a perplexity is the mean over; null for other metrics.</summary>
    public long? PredictedTokens { get; init; }
}
