namespace MoR.Coordinator.Evaluation;

/// <summary>The score of one task.</summary>
/// <param name="Name">The metric: <c>accuracy</c>, <c>matthews</c>, <c>f1</c> or <c>exact_match</c>.</param>
/// <param name="Value">Its value: -1..1 for <c>matthews</c>, 0..1 for the others.</param>
/// <param name="Accuracy">Fraction of right items, 0..1, whatever the metric.</param>
/// <param name="Count">Number of items.</param>
public sealed record MetricResult(string Name, double Value, double Accuracy, int Count);
