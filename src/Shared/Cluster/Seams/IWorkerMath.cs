using MoR.Cluster.Protocol.Wire;

namespace MoR.Cluster.Seams;

/// <summary>
/// The mathematics of whole micro-batches over a replica of the backbone: every answer is a pure function of (version, micro-batch).
/// Messages stay the caller's.
/// </summary>
public interface IWorkerMath : IDisposable
{
    /// <summary>Takes the parameters and router state of <see cref="PublishModel"/>. Nothing is trained meanwhile.</summary>
    Task LoadAsync(WireMessage model);

    /// <summary>Answers <see cref="MicroBatch"/> with <see cref="MicroBatchDone"/>. Several may run side by side.</summary>
    Task<WireMessage> TrainAsync(WireMessage microBatch, CancellationToken cancel);
}
