using MoR.Engine;
using MoR.Model.Backbone;
using MoR.Model.Segments;

namespace MoR.Coordinator.Training;

/// <summary>The micro-batches of one step.</summary>
/// <param name="MicroBatches">What is to be trained, in order.</param>
/// <param name="Tokens">Input tokens of them all.</param>
/// <param name="Targets">Supervised tokens of them all.</param>
public sealed record StepWork(IReadOnlyList<IMicroBatchWork> MicroBatches, long Tokens, long Targets)
{
    /// <summary>The work of training on batches.</summary>
    /// <param name="batches">The step's micro-batches, in their order.</param>
    /// <param name="version">Version of the parameters before the step.</param>
    /// <param name="seed">The run's seed.</param>
    /// <param name="step">The step.</param>
    /// <param name="epoch">The coordinator's epoch; 0 where nobody else is asked.</param>
    /// <param name="open">Makes the micro-batch of a batch.</param>
    /// <param name="masked">Shards that no row may choose.</param>
    public static StepWork Of(
        IReadOnlyList<PackedBatch> batches, long version, ulong seed, long step, long epoch,
        Func<PackedBatch, MicroBatchContext, IMicroBatch> open, IReadOnlyList<int>? masked = null)
    {
        var context = new MicroBatchContext
        {
            Epoch = epoch,
            ShardVersion = version,
            Training = true,
            Seed = seed,
            Step = step,
            MaskedShards = masked ?? [],
            StepTargets = batches.Sum(batch => (long)batch.Targets.Length),
            StepTokens = batches.Sum(batch => (long)batch.Tokens.Length),
        };
        return new StepWork(
            [.. batches.Select((batch, position) => new PackedWork(batch, context with { Position = position }, open))],
            context.StepTokens,
            context.StepTargets);
    }
}
