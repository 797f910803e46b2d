namespace MoR.Cluster.Membership;

/// <summary>What holding a shard means.</summary>
/// <param name="Load">Its share of the work, in any unit: the bytes that requests to it had lately.</param>
/// <param name="Bytes">Bytes of its parameters.</param>
public readonly record struct ShardLoad(double Load, long Bytes);
