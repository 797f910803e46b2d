using MoR.Coordinator.Evaluation;

namespace MoR.Coordinator.Training;

/// <summary>One task's score.</summary>
/// <param name="Metric">Name of the task's metric.</param>
/// <param name="Value">Its value.</param>
/// <param name="Accuracy">Share of items answered right; null where nothing is right or wrong.</param>
/// <param name="Items">Items scored.</param>
public sealed record TaskScore(string Metric, double Value, double? Accuracy, int Items)
{
    /// <summary>The value as a score that is the better the higher it is.</summary>
    public double ToMerit() => Metrics.Merit(Metric, Value);
}
