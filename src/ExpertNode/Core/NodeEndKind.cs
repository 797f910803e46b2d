namespace MoR.ExpertNode.Core;

/// <summary>What follows from the end of a connection's service.</summary>
public enum NodeEndKind
{
    /// <summary>The run is over.</summary>
    RunEnded,

    /// <summary>The node left, by its own wish or the coordinator's.</summary>
    Left,

    /// <summary>The coordinator does not take this node.</summary>
    Refused,

    /// <summary>The link ended, or was ended because of what came over it: connect again.</summary>
    LinkLost,

    /// <summary>A shard failed more often than it is rebuilt: this machine cannot do it.</summary>
    Failed,
}
