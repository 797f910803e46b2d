namespace MoR.Coordinator.Training;

/// <summary>One task's score.</summary>
/// <param name="Metric">Name of the task's metric.</param>
/// <param name="Value">Its value.</param>
/// <param name="Accuracy">Share of items answered right.</param>
/// <param name="Items">Items scored.</param>
public sealed record TaskScore(string Metric, double Value, double Accuracy, int Items);
