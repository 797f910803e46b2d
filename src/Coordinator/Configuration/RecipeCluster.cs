namespace MoR.Coordinator.Configuration;

/// <summary>How experts are placed on nodes, where there are nodes; never changes a result, unless
/// lost shards are masked.</summary>
public sealed record RecipeCluster
{
    /// <summary>Nodes that hold each shard.</summary>
    public required int Replicas { get; init; }

    /// <summary>How long the run waits for a node when a shard has none.</summary>
    public required int WaitSeconds { get; init; }

    /// <summary>What the run does then.</summary>
    public required RecipeWhenLost WhenLost { get; init; }
}
