namespace MoR.Simulation.Disk;

/// <summary>The machine went away in the middle of an operation. No production code catches it.</summary>
public sealed class PowerLossException(string operation) : Exception($"power lost at: {operation}");
