using MoR.Cluster.Actors;
using MoR.Cluster.Links;
using MoR.Cluster.Protocol.Wire;
using MoR.ExpertNode.Core;

namespace MoR.ExpertNode;

/// <summary>What a node is and how long it waits. docs/CLUSTER.md has how the times follow from each other.</summary>
public sealed record ExpertNodeOptions
{
    /// <summary>Where the coordinator listens: "host:port".</summary>
    public required string Coordinator { get; init; }

    /// <summary>How the node is called in messages and metrics.</summary>
    public required string Name { get; init; }

    /// <summary>Names this process among all that had the name.</summary>
    public required ulong Incarnation { get; init; }

    /// <summary>The build; the coordinator takes its own only.</summary>
    public required string Build { get; init; }

    /// <summary>What it does: holds shards, trains whole micro-batches, or both.</summary>
    public IReadOnlyList<Role> Roles { get; init; } = [Role.Expert];

    /// <summary>What it takes at most; the coordinator is told.</summary>
    public required NodeLimits Limits { get; init; }

    /// <summary>The link's times and sizes.</summary>
    public LinkOptions Link { get; init; } = new();

    /// <summary>The longest time from Join to its answer, which a coordinator gives at once; shards come later, between steps. Half
    /// of <see cref="LookFor"/>, so that there is a second attempt.</summary>
    public TimeSpan JoinDeadline { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a lost coordinator is looked for.</summary>
    public TimeSpan LookFor { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long leave is waited for after a stop was requested.</summary>
    public TimeSpan LeaveDeadline { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often a shard that throws is built again: a request that cannot be computed costs one, and a machine that
    /// computes nothing should not answer for long.</summary>
    public RestartLimit ShardRestarts { get; init; } = new(5, TimeSpan.FromSeconds(60));
}
