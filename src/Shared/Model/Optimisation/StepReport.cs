namespace MoR.Model.Optimisation;

/// <summary>What a committed step says of itself.</summary>
public sealed record StepReport
{
    /// <summary>The step, from 1.</summary>
    public required long Step { get; init; }

    /// <summary>Mean negative log-likelihood per predicted token of the step, in nats, before its update.</summary>
    public required double Loss { get; init; }

    /// <summary>Auxiliary losses by name, before their coefficients.</summary>
    public required IReadOnlyDictionary<string, double> AuxiliaryLosses { get; init; }

    /// <summary>Global gradient norm before clipping.</summary>
    public required double GradientNorm { get; init; }

    /// <summary>Learning rate of the update.</summary>
    public required double LearningRate { get; init; }

    /// <summary>True if the gradient was not finite and the step changed nothing.</summary>
    public required bool Skipped { get; init; }

    /// <summary>Shards that the step did without, ascending; it left their parameters and moments as they were.</summary>
    public IReadOnlyList<int> MaskedShards { get; init; } = [];

    /// <summary>Rows per expert of this step, by site.</summary>
    public required IReadOnlyDictionary<string, long[]> Load { get; init; }

    /// <summary>Router statistics by <c>{site}.{name}</c>: sums over the step's rows.</summary>
    public required IReadOnlyDictionary<string, double[]> Statistics { get; init; }
}
