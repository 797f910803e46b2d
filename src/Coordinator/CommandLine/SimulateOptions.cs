namespace MoR.Coordinator.CommandLine;

/// <summary>Arguments of <c>mor simulate</c>.</summary>
public sealed record SimulateOptions
{
    /// <summary>Seeds unless told.</summary>
    public const int DefaultSeeds = 200;

    /// <summary>What goes wrong; null for everything that can. With <see cref="IsCost"/> the recipe that is predicted.</summary>
    public string? Scenario { get; init; }

    /// <summary>First and last seed; null for a cluster to watch, and then the usual seeds.</summary>
    public (ulong First, ulong Last)? Seeds { get; init; }

    /// <summary>Whether the mathematics is the tiny model's, and not its stand-in.</summary>
    public bool IsReal { get; init; }

    /// <summary>Whether no fault is tried, but a run's cost is predicted, as <c>mor plan</c> does.</summary>
    public bool IsCost { get; init; }
}
