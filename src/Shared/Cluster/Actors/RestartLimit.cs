namespace MoR.Cluster.Actors;

/// <summary>How often an actor that throws is built again before its failure goes up to its parent.</summary>
/// <param name="Most">The most restarts within <paramref name="Window"/>.</param>
/// <param name="Window">How long a restart counts.</param>
public sealed record RestartLimit(int Most, TimeSpan Window)
{
    /// <summary>Every failure goes up.</summary>
    public static RestartLimit None { get; } = new(0, TimeSpan.Zero);
}
