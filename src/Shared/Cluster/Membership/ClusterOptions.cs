namespace MoR.Cluster.Membership;

/// <summary>How shards are placed and how long anything is waited for. The hierarchy of these times is in docs/CLUSTER.md.</summary>
public sealed record ClusterOptions
{
    /// <summary>Nodes that hold each shard, where there are enough.</summary>
    public int Replicas { get; init; } = 1;

    /// <summary>How long an answer may take at least; more by what is on its way, see <see cref="LeastBytesPerSecond"/>.</summary>
    public TimeSpan Answer { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long a micro-batch may take a worker at least, while the usual time is not known.</summary>
    public TimeSpan FirstMicroBatch { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How many times the usual a micro-batch may take, and at least <see cref="Answer"/>.</summary>
    public double MicroBatchFactor { get; init; } = 10;

    /// <summary>Micro-batches that each worker has at a time.</summary>
    public int MicroBatches { get; init; } = 2;

    /// <summary>How long a run waits, before its first step, for the workers that have joined to read their backbones.</summary>
    public TimeSpan Loading { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>The slowest link that is worth using: outstanding bytes add to a deadline at this rate.</summary>
    public double LeastBytesPerSecond { get; init; } = 1 << 20;

    /// <summary>How often a request may be sent again to nodes that are there before the run gives up.</summary>
    public int MostAttempts { get; init; } = 8;

    /// <summary>How long a shard may be without a holder before the run gives up.</summary>
    public TimeSpan Homeless { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>A request is sent to a second holder once it takes so many times the usual time of its kind.</summary>
    public double HedgeFactor { get; init; } = 3;

    /// <summary>No request is hedged before this.</summary>
    public TimeSpan LeastHedge { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>False where nodes are not of one kind, so that two of them may give different bits.</summary>
    public bool Hedges { get; init; } = true;

    /// <summary>A shard moves between steps only if that takes so much off the most loaded node's share.</summary>
    public double WorthMoving { get; init; } = 0.2;
}
