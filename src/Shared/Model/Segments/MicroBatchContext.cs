namespace MoR.Model.Segments;

/// <summary>What a micro-batch knows of the step that it belongs to.</summary>
public sealed record MicroBatchContext
{
    /// <summary>Evaluation or generation with the parameters of <paramref name="version"/>.</summary>
    public static MicroBatchContext Inference(long version) => new() { ShardVersion = version };

    /// <summary>The version of the parameters that must be used.</summary>
    public required long ShardVersion { get; init; }

    /// <summary>True if gradients are wanted.</summary>
    public bool Training { get; init; }

    /// <summary>Seed of the run.</summary>
    public ulong Seed { get; init; }

    /// <summary>The coordinator's fencing epoch.</summary>
    public long Epoch { get; init; }

    /// <summary>Optimiser step, from 1; 0 outside training.</summary>
    public long Step { get; init; }

    /// <summary>Position in the step.</summary>
    public int Position { get; init; }

    /// <summary>Tokens that the whole step predicts: the loss is divided by it.</summary>
    public long StepTargets { get; init; } = 1;

    /// <summary>Shards whose experts no row may choose, because no node has them; ascending.</summary>
    public IReadOnlyList<int> MaskedShards { get; init; } = [];

    /// <summary>Input tokens of the whole step: auxiliary losses count by share of it.</summary>
    public long StepTokens { get; init; } = 1;
}
