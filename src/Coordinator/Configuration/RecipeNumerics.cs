namespace MoR.Coordinator.Configuration;

/// <summary>What decides speed and never a result.</summary>
public sealed record RecipeNumerics
{
    /// <summary>The most threads that are safe over concurrent single-threaded BLAS calls.</summary>
    public const int MostThreads = 64;

    /// <summary>Worker threads; null means one per processor.</summary>
    public required int? Threads { get; init; }

    /// <summary><see cref="Threads"/>, or one per processor, at most <see cref="MostThreads"/>.</summary>
    public int EffectiveThreads => Threads ?? Math.Min(Environment.ProcessorCount, MostThreads);
}
