using MoR.Cluster.Protocol.Wire;

namespace MoR.Coordinator.CommandLine;

/// <summary>Arguments of <c>mor expert</c>.</summary>
public sealed record ExpertOptions
{
    /// <summary>Where the coordinator listens.</summary>
    public required string Coordinator { get; init; }

    /// <summary>The node's name; null for the machine's.</summary>
    public string? Name { get; init; }

    /// <summary>What it does.</summary>
    public IReadOnlyList<Role> Roles { get; init; } = [Role.Expert];

    /// <summary>A worker's backbone; null for where the coordinator has its own.</summary>
    public string? Backbone { get; init; }

    /// <summary><c>cpu</c> or <c>cuda:N</c>.</summary>
    public string Device { get; init; } = "cpu";

    /// <summary>Threads for mathematics; null for one per processor.</summary>
    public int? Threads { get; init; }

    /// <summary>Memory for what it holds for a coordinator, in GiB; null for what is free.</summary>
    public double? MemoryGib { get; init; }

    /// <summary>File of the join token; null for <c>MOR_JOIN_TOKEN</c>, the one beside the certificates, or none.</summary>
    public string? TokenFile { get; init; }

    /// <summary>Folder of the certificates; null for no TLS.</summary>
    public string? TlsFolder { get; init; }

    /// <summary>How long a coordinator that is lost is looked for.</summary>
    public int RetrySeconds { get; init; } = 60;

    /// <summary>Ends when standard input does: whoever holds it open has ended.</summary>
    public bool UntilEndOfInput { get; init; }
}
