namespace MoR.Cluster.Links;

/// <summary>What a link allows and how long it waits. The timeouts that build on these are in docs/CLUSTER.md.</summary>
public sealed record LinkOptions
{
    /// <summary>A heartbeat goes out when nothing else did for so long.</summary>
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>A peer that was not heard for so long is gone: five heartbeats, as a pause of a garbage collection or a busy
    /// machine costs one or two.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The most bytes of one message's tensors.</summary>
    public long MostMessageBytes { get; init; } = 4L << 30;

    /// <summary>The most bytes of received messages that nobody took yet; beyond, the link is not read.</summary>
    public long MostUnreadBytes { get; init; } = 1L << 30;
}
