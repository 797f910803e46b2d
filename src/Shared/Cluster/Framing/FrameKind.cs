namespace MoR.Cluster.Framing;

/// <summary>What a frame carries; the numbers are the wire's.</summary>
public enum FrameKind : byte
{
    /// <summary>The envelope of a message, which begins with it.</summary>
    Head = 1,

    /// <summary>Bytes of the tensor of a message that is not full yet.</summary>
    Data = 2,

    /// <summary>Nothing: a sign of life.</summary>
    Heartbeat = 3,
}
