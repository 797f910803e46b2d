using MoR.Coordinator.Memory;

namespace MoR.Coordinator.Planning;

/// <summary>What a step is predicted to be on so many nodes.</summary>
internal sealed record Forecast
{
    /// <summary>What nodes do.</summary>
    public required NodeRole Role { get; init; }

    /// <summary>Nodes; 0 in process.</summary>
    public required int Nodes { get; init; }

    /// <summary>Seconds of a step, and of everyone's work in it.</summary>
    public required StepTimes Times { get; init; }

    /// <summary>Tokens of a step.</summary>
    public required double Tokens { get; init; }

    /// <summary>Bytes of a step from the coordinator.</summary>
    public required double BytesOut { get; init; }

    /// <summary>Bytes of a step to the coordinator.</summary>
    public required double BytesIn { get; init; }

    /// <summary>Memory of the coordinator.</summary>
    public required MemoryPlan Coordinator { get; init; }

    /// <summary>Memory of the fullest node; null in process.</summary>
    public required MemoryPlan? Node { get; init; }

    /// <summary>Memory of a machine.</summary>
    public required long MachineBytes { get; init; }

    /// <summary>Whether nodes are on the coordinator's machine.</summary>
    public required bool IsLocal { get; init; }

    /// <summary>Input tokens per second.</summary>
    public double TokensPerSecond => Tokens / Times.Step;

    /// <summary>The most of the step for which anyone is occupied, and who; where everyone waits more than half of it, nobody is
    /// the bottleneck but the waiting.</summary>
    public Bottleneck Bottleneck
    {
        get
        {
            var (name, busy) = Parts.MaxBy(part => part.Utilisation);
            return busy >= 0.5 ? name : Bottleneck.Waiting;
        }
    }

    /// <summary>For which part of the step everyone is occupied.</summary>
    public IReadOnlyList<(Bottleneck Part, double Utilisation)> Parts =>
    [
        (Bottleneck.Coordinator, Times.Coordinator / Times.Step),
        (Bottleneck.Node, Times.Node / Times.Step),
        (Bottleneck.Link, Math.Max(Times.Out, Times.In) / Times.Step),
    ];

    /// <summary>Whether coordinator and nodes fit into their machines' memory.</summary>
    public bool Fits => Coordinator.Peak + (IsLocal ? Nodes * (Node?.Peak ?? 0) : 0) <= MachineBytes && (Node?.Peak ?? 0) <= MachineBytes;

    /// <summary>The busiest one's part of the step.</summary>
    public double UtilisationOf(Bottleneck part) => Parts.First(entry => entry.Part == part).Utilisation;
}
