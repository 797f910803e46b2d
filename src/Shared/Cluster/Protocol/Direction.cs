namespace MoR.Cluster.Protocol;

/// <summary>Which way a request goes through the experts.</summary>
public enum Direction
{
    /// <summary>Rows of a dispatch activation in, Δ rows out.</summary>
    Forward,

    /// <summary>Gradients of Δ rows in; gradients of rows, gates and parameters out.</summary>
    Backward,

    /// <summary>A whole micro-batch in, what it adds to its step out: asked of a worker, not of a shard.</summary>
    Both,
}
