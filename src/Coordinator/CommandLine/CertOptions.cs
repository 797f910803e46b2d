namespace MoR.Coordinator.CommandLine;

/// <summary>Arguments of <c>mor cert</c>.</summary>
public sealed record CertOptions
{
    /// <summary>Folder of the authority and of what it issues.</summary>
    public required string Folder { get; init; }

    /// <summary>Names and addresses by which nodes reach the coordinator; none for no certificate of it.</summary>
    public IReadOnlyList<string> Hosts { get; init; } = [];

    /// <summary>Nodes to make certificates for.</summary>
    public IReadOnlyList<string> Nodes { get; init; } = [];

    /// <summary>How long certificates are valid.</summary>
    public int Days { get; init; }
}
