namespace MoR.Coordinator.CommandLine;

/// <summary>Arguments of <c>mor plan</c>.</summary>
public sealed record PlanOptions
{
    /// <summary>Recipe file, or the name of a shipped one.</summary>
    public string Recipe { get; init; } = "demo";

    /// <summary>Overrides, <c>key=value</c>.</summary>
    public IReadOnlyList<string> Set { get; init; } = [];

    /// <summary>A folder with a <c>config.json</c>, or the name of a known backbone; null for the recipe's.</summary>
    public string? Backbone { get; init; }

    /// <summary>Mean tokens of a sequence; null to read the recipe's data, or to take its longest.</summary>
    public int? TokensPerSequence { get; init; }

    /// <summary>Nodes; null for 1, 2, 4 and so on.</summary>
    public int? Nodes { get; init; }

    /// <summary>Whether nodes are processes of the coordinator's machine.</summary>
    public bool Local { get; init; }

    /// <summary>Whether this machine is measured again.</summary>
    public bool Measure { get; init; }

    /// <summary>10¹² operations per second of a device; null for what was measured here.</summary>
    public double? DeviceTeraflops { get; init; }

    /// <summary>10⁹ bytes per second of its memory; given with <see cref="DeviceTeraflops"/>.</summary>
    public double? MemoryGigabytesPerSecond { get; init; }

    /// <summary>GiB of its memory; null for this machine's, or no limit where the device is given.</summary>
    public double? DeviceMemoryGibibytes { get; init; }

    /// <summary>10⁹ bits per second of the coordinator's link, each way; null for the default.</summary>
    public double? LinkGigabits { get; init; }

    /// <summary>Milliseconds one way; null for the default.</summary>
    public double? LatencyMilliseconds { get; init; }
}
