using MoR.Engine;
using MoR.Model.Backbone;
using MoR.Model.Segments;

namespace MoR.Coordinator.Training;

/// <summary>The micro-batches of one step.</summary>
/// <param name="MicroBatches">How many.</param>
/// <param name="Open">Makes the one at a position; called on the math executor.</param>
/// <param name="Tokens">Input tokens of them all.</param>
/// <param name="Targets">Supervised tokens of them all.</param>
public sealed record StepWork(int MicroBatches, Func<int, IMicroBatch> Open, long Tokens, long Targets)
{
    /// <summary>The work of training on batches.</summary>
    /// <param name="batches">The step's micro-batches, in their order.</param>
    /// <param name="version">Version of the parameters before the step.</param>
    /// <param name="seed">The run's seed.</param>
    /// <param name="step">The step.</param>
    /// <param name="open">Makes the micro-batch of a batch.</param>
    public static StepWork Of(
        IReadOnlyList<PackedBatch> batches, long version, ulong seed, long step,
        Func<PackedBatch, MicroBatchContext, IMicroBatch> open)
    {
        var context = new MicroBatchContext
        {
            ShardVersion = version,
            Training = true,
            Seed = seed,
            Step = step,
            StepTargets = batches.Sum(batch => (long)batch.Targets.Length),
            StepTokens = batches.Sum(batch => (long)batch.Tokens.Length),
        };
        return new StepWork(
            batches.Count,
            position => open(batches[position], context with { Position = position }),
            context.StepTokens,
            context.StepTargets);
    }
}
