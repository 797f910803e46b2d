namespace MoR.Coordinator.CommandLine;

/// <summary>Arguments of <c>mor export</c>.</summary>
public sealed record ExportOptions
{
    /// <summary>Run folder.</summary>
    public required string Run { get; init; }

    /// <summary>Folder to make; null for <c>exports/{run}-step-{step}</c>.</summary>
    public string? Output { get; init; }

    /// <summary>Step of the checkpoint; null for the one that the run offers.</summary>
    public long? Step { get; init; }

    /// <summary>What the configuration calls the backbone; null for the path in the run's recipe.</summary>
    public string? BaseModel { get; init; }
}
