namespace MoR.Cluster.Membership;

/// <summary>What happened to requests and nodes over a session.</summary>
public sealed class ClusterCounters
{
    /// <summary>Requests that were sent again, because a node was lost or late, failed, or did not have the version. Not those whose node
    /// had dropped what forward carried, which it may.</summary>
    public long Retries { get; internal set; }

    /// <summary>Requests that were sent to a second holder because the first was slow.</summary>
    public long Hedges { get; internal set; }

    /// <summary>Answers that came after another one.</summary>
    public long Duplicates { get; internal set; }

    /// <summary>Micro-batches that workers trained.</summary>
    public long MicroBatches { get; internal set; }

    /// <summary>Nodes that joined.</summary>
    public long Joined { get; internal set; }

    /// <summary>Nodes that were lost.</summary>
    public long Lost { get; internal set; }

    /// <summary>Shards that went to another node.</summary>
    public long Moves { get; internal set; }
}
