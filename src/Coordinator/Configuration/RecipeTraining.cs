namespace MoR.Coordinator.Configuration;

/// <summary>Steps, batches and the optimiser (AdamW).</summary>
public sealed record RecipeTraining
{
    /// <summary>Total optimiser steps; the schedule is laid over them, and a resumed run stops there too.</summary>
    public required int Steps { get; init; }

    /// <summary>Sequences of one step.</summary>
    public required int BatchSequences { get; init; }

    /// <summary>Sequences that go through the backbone together; a step's last micro-batch may be smaller.</summary>
    public required int MicroBatchSequences { get; init; }

    /// <summary>Micro-batches in flight; never changes a result.</summary>
    public required int Window { get; init; }

    /// <summary>Whether attention is computed again in the backward pass; never changes a result.</summary>
    public bool Recompute { get; init; }

    public required double LearningRate { get; init; }

    public required RecipeSchedule Schedule { get; init; }

    /// <summary>Fraction of the steps over which the learning rate rises linearly from 0.</summary>
    public required double WarmupFraction { get; init; }

    /// <summary>Where the schedule ends, as a fraction of <see cref="LearningRate"/>.</summary>
    public required double MinLearningRateFraction { get; init; }

    public required double WeightDecay { get; init; }

    public required double Beta1 { get; init; }

    public required double Beta2 { get; init; }

    public required double Epsilon { get; init; }

    /// <summary>Largest global norm of a step's gradient; 0 switches clipping off.</summary>
    public required double ClipNorm { get; init; }

    /// <summary>Number of warmup steps, rounded up, at most <see cref="Steps"/>.</summary>
    public int WarmupSteps => (int)Math.Min(Steps, Math.Ceiling(WarmupFraction * Steps));

    /// <summary>Number of micro-batches of one step.</summary>
    public int MicroBatchesPerStep => (BatchSequences + MicroBatchSequences - 1) / MicroBatchSequences;

    /// <summary>Number of micro-batches that are in memory together.</summary>
    public int MicroBatchesInFlight => Math.Min(Window, MicroBatchesPerStep);
}
