using System.Security.Cryptography;
using MoR.Cluster.Links;
using MoR.Cluster.Membership;
using MoR.Cluster.Protocol.Wire;
using MoR.Cluster.Seams;
using MoR.Cluster.Transport;

namespace MoR.Coordinator.Cluster;

/// <summary>What a cluster session is made of.</summary>
internal sealed record ClusterParts
{
    public required ClusterOptions Options { get; init; }

    public required JoinTerms Terms { get; init; }

    public required LinkOptions Link { get; init; }

    public required ClusterAccess Access { get; init; }

    /// <summary>Where nodes connect; closed with the session.</summary>
    public required IListener Listener { get; init; }

    public required IWireMemory Memory { get; init; }

    public required INodeStarter Starter { get; init; }

    public required TimeProvider Time { get; init; }

    public required RandomNumberGenerator Random { get; init; }

    public required Action<string> Note { get; init; }

    /// <summary>Bytes of each shard's parameters.</summary>
    public required IReadOnlyList<long> ShardBytes { get; init; }

    /// <summary>What of this machine local nodes get.</summary>
    public required LocalShare Share { get; init; }

    public required IExpertCodec Codec { get; init; }

    /// <summary>Copies the parameters of a version.</summary>
    public required Func<long, PublishedParameters> Parameters { get; init; }
}
