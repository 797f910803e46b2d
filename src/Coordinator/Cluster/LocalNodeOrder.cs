using MoR.Cluster.Protocol.Wire;

namespace MoR.Coordinator.Cluster;

/// <summary>What a node on this machine is to be.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Incarnation">Names the process among all that have the name; it joins with it.</param>
/// <param name="Coordinator">Where it connects to.</param>
/// <param name="Access">How it proves itself.</param>
/// <param name="Device"><c>cpu</c> or <c>cuda:N</c>.</param>
/// <param name="Threads">Threads that it may use.</param>
public sealed record LocalNodeOrder(
    string Name, ulong Incarnation, string Coordinator, LocalNodeAccess Access, string Device, int Threads)
{
    /// <summary>What it does.</summary>
    public IReadOnlyList<Role> Roles { get; init; } = [Role.Expert];

    /// <summary>Memory that it may use; null for what it finds free.</summary>
    public long? MemoryBytes { get; init; }
}
