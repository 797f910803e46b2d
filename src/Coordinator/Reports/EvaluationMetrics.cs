namespace MoR.Coordinator.Reports;

/// <summary>One task's result in an evaluation line of <c>metrics.jsonl</c>.</summary>
internal sealed record EvaluationMetrics(long Step, string Task, string Metric, double Value);
