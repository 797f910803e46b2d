using MoR.Engine;
using MoR.Model.Backbone;

namespace MoR.Model.Segments;

/// <summary>A micro-batch as data: what another process needs to train it too.</summary>
/// <param name="Batch">The tokens.</param>
/// <param name="Context">Its place in a step.</param>
/// <param name="OpenWith">Makes the micro-batch.</param>
public sealed record PackedWork(
    PackedBatch Batch, MicroBatchContext Context, Func<PackedBatch, MicroBatchContext, IMicroBatch> OpenWith) : IMicroBatchWork
{
    /// <inheritdoc/>
    public IMicroBatch Open() => OpenWith(Batch, Context);
}
