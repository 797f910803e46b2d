namespace MoR.Coordinator.Planning;

/// <summary>The network between coordinator and nodes.</summary>
/// <param name="BytesPerSecond">Of the coordinator's link, in each direction at once.</param>
/// <param name="LatencySeconds">One way.</param>
/// <param name="IsLocal">Whether nodes are processes of the coordinator's machine: then they share its processor, and bytes cost
/// processor time alone.</param>
internal sealed record LinkSpeed(double BytesPerSecond, double LatencySeconds, bool IsLocal)
{
    private const double BitsPerByte = 8;

    /// <summary>What is taken where nothing is given.</summary>
    public const double DefaultGigabits = 10;

    /// <summary>What is taken where nothing is given: about a switch and two network cards.</summary>
    public const double DefaultLatencyMilliseconds = 0.1;

    /// <summary>Processes of one machine.</summary>
    public static LinkSpeed Local { get; } = new(double.PositiveInfinity, 0, IsLocal: true);

    /// <summary>A network.</summary>
    public static LinkSpeed Of(double gigabitsPerSecond, double latencyMilliseconds) =>
        new(gigabitsPerSecond * 1e9 / BitsPerByte, latencyMilliseconds / 1e3, IsLocal: false);

    /// <summary>Sending so many bytes.</summary>
    public Duty Sending(double bytes) => new(bytes / BytesPerSecond, LatencySeconds);
}
