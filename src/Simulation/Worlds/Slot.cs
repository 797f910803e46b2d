using MoR.Simulation.Scheduling;

namespace MoR.Simulation.Worlds;

/// <summary>A place for a node: a machine, and the process on it now, if there is one.</summary>
internal sealed class Slot(string host)
{
    /// <summary>The machine, and the node's name.</summary>
    public string Host => host;

    /// <summary>What runs there; null while nothing does.</summary>
    public ProcessParts? Running { get; set; }

    /// <summary>Tells it to leave.</summary>
    public CancellationTokenSource Stop { get; set; } = new();

    /// <summary>Requests to it that will throw.</summary>
    public int Failures { get; set; }

    /// <summary>Processes so far.</summary>
    public int Incarnations { get; set; }

    /// <summary>The largest epoch that its process served.</summary>
    public long Served { get; set; }

    /// <summary>What runs there, as a process.</summary>
    public SimulatedProcess? Process => Running?.Process;
}
