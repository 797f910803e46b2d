namespace MoR.Coordinator.Planning;

/// <summary>Who computes what.</summary>
internal enum NodeRole
{
    /// <summary>The coordinator alone.</summary>
    InProcess,

    /// <summary>Nodes hold shards of experts.</summary>
    Expert,

    /// <summary>Nodes hold a backbone and run whole micro-batches.</summary>
    Worker,
}
