namespace MoR.Coordinator.CommandLine;

/// <summary>Arguments of <c>mor bench</c>.</summary>
public sealed record BenchOptions
{
    /// <summary>Rounds unless told.</summary>
    public const int DefaultRounds = 7;

    /// <summary>Names of benchmarks; empty to list them.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>Whether they are to be listed and not run.</summary>
    public bool List { get; init; }

    /// <summary>Name of the shape that is measured; null for the reference.</summary>
    public string? Shape { get; init; }

    /// <summary>Rounds; in each, everyone who is measured has a turn.</summary>
    public int Rounds { get; init; } = DefaultRounds;

    /// <summary>Threads of each; null for all processors.</summary>
    public int? Threads { get; init; }

    /// <summary><c>cpu</c> or <c>cuda:N</c>.</summary>
    public string Device { get; init; } = "cpu";

    /// <summary>The Python that has PyTorch; null to look for one.</summary>
    public string? Python { get; init; }

    /// <summary>Whether this process is the other end of what another one measures, and is told what to be by standard input.</summary>
    public bool IsPeer { get; init; }
}
