namespace MoR.Cluster.Framing;

/// <summary>What the protocol allows whatever the options; docs/PROTOCOL.md says why.</summary>
public static class FrameLimits
{
    /// <summary>The most bytes of a frame's body.</summary>
    public const int MostBodyBytes = 1 << 20;

    /// <summary>The most tensors of a message.</summary>
    public const int MostTensors = 1 << 16;

    /// <summary>The most bytes of one tensor: what a <see cref="Memory{T}"/> can span.</summary>
    public const long MostTensorBytes = 0x7FFFFFC7;

    /// <summary>The most messages that have begun and not ended in one direction. A sender needs one for each priority.</summary>
    public const int MostOpenMessages = 8;
}
