namespace MoR.Coordinator.Reports;

/// <summary>A task's metric before and after training, as fractions (Matthews from -1 to 1).</summary>
/// <param name="Task">Name of the task.</param>
/// <param name="Metric">Name of the metric.</param>
/// <param name="Before">Null when it was not measured.</param>
/// <param name="After">Null when it was not measured.</param>
/// <param name="Items">Items it was measured on.</param>
public sealed record TaskResult(string Task, string Metric, double? Before, double? After, long? Items);
