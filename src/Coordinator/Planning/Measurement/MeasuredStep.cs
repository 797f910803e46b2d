namespace MoR.Coordinator.Planning.Measurement;

/// <summary>A step that was timed.</summary>
/// <param name="Run">What it did.</param>
/// <param name="Nodes">Expert nodes on the same machine; 0 in process.</param>
/// <param name="Seconds">What it took.</param>
internal sealed record MeasuredStep(PlannedRun Run, int Nodes, double Seconds);
