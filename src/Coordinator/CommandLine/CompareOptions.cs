namespace MoR.Coordinator.CommandLine;

/// <summary>Arguments of <c>mor compare</c>.</summary>
public sealed record CompareOptions
{
    /// <summary>Plan file, or the name of one in <c>plans/</c>.</summary>
    public required string Plan { get; init; }

    /// <summary>Overrides of the plan's keys, or of recipe keys for all configurations; <c>key=value</c>.</summary>
    public IReadOnlyList<string> Set { get; init; } = [];

    /// <summary>Folder of the comparison, new or to go on with; null for <c>runs/{name}</c>.</summary>
    public string? Output { get; init; }

    /// <summary>Check everything, print grid, parameters and cost, change nothing.</summary>
    public bool DryRun { get; init; }

    /// <summary><c>cpu</c> or <c>cuda:N</c>.</summary>
    public string Device { get; init; } = "cpu";
}
