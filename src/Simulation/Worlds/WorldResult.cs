using MoR.Simulation.Faults;

namespace MoR.Simulation.Worlds;

/// <summary>What came of a world.</summary>
/// <param name="Seed">Its seed.</param>
/// <param name="Broken">The law that did not hold, with what happened; null where all did.</param>
/// <param name="TraceHash">Of everything that happened.</param>
/// <param name="Faults">How often each kind came.</param>
/// <param name="Nodes">Places for nodes that there were.</param>
/// <param name="Steps">Steps of the run.</param>
/// <param name="ByWorkers">Micro-batches that workers trained.</param>
/// <param name="Callbacks">Callbacks that ran.</param>
/// <param name="Lasted">Virtual time.</param>
internal sealed record WorldResult(
    ulong Seed,
    string? Broken,
    ulong TraceHash,
    IReadOnlyDictionary<FaultKind, int> Faults,
    int Nodes,
    long Steps,
    int ByWorkers,
    long Callbacks,
    TimeSpan Lasted);
