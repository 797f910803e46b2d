namespace MoR.Simulation.Worlds;

/// <summary>What the nodes of a world do.</summary>
public enum RoleMix
{
    /// <summary>All hold shards.</summary>
    Experts,

    /// <summary>All train whole micro-batches.</summary>
    Workers,

    /// <summary>Each does both.</summary>
    Both,

    /// <summary>Every third, from the second, is a worker, and the others hold shards.</summary>
    Mixed,
}
