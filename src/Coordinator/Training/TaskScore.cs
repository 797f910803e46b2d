using MoR.Coordinator.Evaluation;

namespace MoR.Coordinator.Training;

/// <summary>One task's score.</summary>
/// <param name="Metric">Name of the task's metric.</param>
/// <param name="Value">Its value.</param>
/// <param name="Accuracy">Share of items answered right; null where nothing is right or wrong.</param>
/// <param name="Items">Items scored.</param>
public sealed record TaskScore(string Metric, double Value, double? Accuracy, int Items)
{
    /// <summary>Accuracy of the best answer that is the same for every item; null where unknown.</summary>
    public double? ConstantAccuracy { get; init; }

    /// <summary>
    /// By how much accuracy exceeds what was there without learning the task: the accuracy before training and that of the
    /// best constant answer. Null where one of them is unknown.
    /// </summary>
    public double? GainOver(TaskScore? before) => Accuracy - Max(before?.Accuracy, ConstantAccuracy);

    private static double? Max(double? left, double? right) =>
        left is { } a && right is { } b ? Math.Max(a, b) : null;

    /// <summary>The value as a score that is the better the higher it is.</summary>
    public double ToMerit() => Metrics.Merit(Metric, Value);
}
