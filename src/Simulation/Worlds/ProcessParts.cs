using System.Security.Cryptography;
using MoR.Cluster.Transport;
using MoR.Simulation.Disk;
using MoR.Simulation.Scheduling;
using MoR.Simulation.StandIn;

namespace MoR.Simulation.Worlds;

/// <summary>What a process is given: its seams.</summary>
/// <param name="Process">Where it runs.</param>
/// <param name="Time">Its clock.</param>
/// <param name="Transport">The network as it sees it.</param>
/// <param name="Random">Its nonces.</param>
/// <param name="Executor">Its mathematics.</param>
/// <param name="Memory">Its tensors.</param>
/// <param name="Disk">Its disk.</param>
/// <param name="Note">What it tells people.</param>
internal sealed record ProcessParts(
    SimulatedProcess Process,
    TimeProvider Time,
    ITransport Transport,
    RandomNumberGenerator Random,
    SimulatedExecutor Executor,
    CountedMemory Memory,
    FaultyDisk Disk,
    Action<string> Note);
