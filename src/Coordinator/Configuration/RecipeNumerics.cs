using MoR.Torch;

namespace MoR.Coordinator.Configuration;

/// <summary>How numbers are computed.</summary>
public sealed record RecipeNumerics
{
    /// <summary>The most threads that are safe over concurrent single-threaded BLAS calls.</summary>
    public const int MostThreads = 64;

    /// <summary>How rows are rounded that go to experts and come back while training; pretraining has none.</summary>
    public WireType Wire { get; init; }

    /// <summary>Worker threads, which decide speed and never a result; null means one per processor.</summary>
    public required int? Threads { get; init; }

    /// <summary><see cref="Threads"/>, or one per processor, at most <see cref="MostThreads"/>.</summary>
    public int EffectiveThreads => Threads ?? Math.Min(Environment.ProcessorCount, MostThreads);
}
