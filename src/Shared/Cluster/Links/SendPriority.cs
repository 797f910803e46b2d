namespace MoR.Cluster.Links;

/// <summary>What goes first where several messages wait. Between two frames of a later one, an earlier one may begin.</summary>
public enum SendPriority
{
    /// <summary>Small, and somebody decides by it.</summary>
    Control,

    /// <summary>A micro-batch waits for it.</summary>
    Critical,

    /// <summary>Only the optimiser waits for it.</summary>
    Background,
}
