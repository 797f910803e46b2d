namespace MoR.Coordinator.CommandLine;

/// <summary>Arguments of <c>mor import</c>.</summary>
public sealed record ImportOptions
{
    /// <summary>Adapter folder of any kind that <c>--adapter</c> takes.</summary>
    public required string Folder { get; init; }

    /// <summary>Backbone folder; null for the one that the adapter's configuration names.</summary>
    public string? Backbone { get; init; }

    /// <summary>Folder to make.</summary>
    public required string Output { get; init; }
}
