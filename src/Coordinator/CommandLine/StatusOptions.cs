namespace MoR.Coordinator.CommandLine;

/// <summary>Arguments of <c>mor status</c>.</summary>
public sealed record StatusOptions
{
    /// <summary>A run's folder, or a folder of runs; null for <c>runs</c>.</summary>
    public string? Run { get; init; }
}
