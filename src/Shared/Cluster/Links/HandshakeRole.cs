namespace MoR.Cluster.Links;

/// <summary>Which end of a connection this is; the numbers are the wire's.</summary>
internal enum HandshakeRole : byte
{
    /// <summary>The end that connects.</summary>
    Node = 1,

    /// <summary>The end that is connected to.</summary>
    Coordinator = 2,
}
