namespace MoR.Simulation.Network;

/// <summary>The way from one machine to another.</summary>
internal sealed class NetworkPath
{
    /// <summary>Least time on the way, in ticks.</summary>
    public long Latency { get; set; }

    /// <summary>The most that chance adds, in ticks.</summary>
    public long Jitter { get; set; }

    /// <summary>Bytes in a second.</summary>
    public double BytesPerSecond { get; set; } = 1;

    /// <summary>Nothing arrives before this; what was sent waits, as TCP sends it again.</summary>
    public long BlockedUntil { get; set; }

    /// <summary>The next so many segments are held up by <see cref="Delay"/>.</summary>
    public int Late { get; set; }

    /// <summary>How long, in ticks.</summary>
    public long Delay { get; set; }

    /// <summary>The next segment arrives with another bit than was sent.</summary>
    public bool FlipsBit { get; set; }
}
