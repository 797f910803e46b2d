using MoR.Cluster.Protocol.Wire;
using MoR.Simulation.Scheduling;

namespace MoR.Simulation.Worlds;

/// <summary>A place for a node: a machine, and the process on it now, if there is one.</summary>
/// <param name="host">The machine, and the node's name.</param>
/// <param name="roles">What the node does.</param>
internal sealed class Slot(string host, IReadOnlyList<Role> roles)
{
    /// <summary>The machine, and the node's name.</summary>
    public string Host => host;

    /// <summary>What the node does.</summary>
    public IReadOnlyList<Role> Roles => roles;

    /// <summary>What runs there; null while nothing does.</summary>
    public ProcessParts? Running { get; set; }

    /// <summary>Tells it to leave.</summary>
    public CancellationTokenSource Stop { get; set; } = new();

    /// <summary>Nobody starts it again before this time, in ticks.</summary>
    public long DownUntil { get; set; }

    /// <summary>Requests to it that will throw.</summary>
    public int Failures { get; set; }

    /// <summary>Processes so far.</summary>
    public int Incarnations { get; set; }

    /// <summary>The largest epoch that its process served.</summary>
    public long Served { get; set; }

    /// <summary>What runs there, as a process.</summary>
    public SimulatedProcess? Process => Running?.Process;
}
