namespace MoR.Coordinator.Planning;

/// <summary>What a step of workers asks of everyone.</summary>
/// <param name="Workers">Workers that have a micro-batch.</param>
/// <param name="Idle">Workers that have none.</param>
/// <param name="TrainsHere">Whether the coordinator trains a share, after the workers have one each.</param>
/// <param name="MicroBatches">Micro-batches.</param>
/// <param name="MicroBatch">A worker: one whole micro-batch, forward and backward.</param>
/// <param name="Write">One end: writing an adapter's worth of values.</param>
/// <param name="Read">The other end: reading them.</param>
/// <param name="Out">The link to the workers: the parameters, to one.</param>
/// <param name="In">The link back: the gradients of one micro-batch.</param>
/// <param name="Sum">Coordinator: adding a micro-batch's gradients.</param>
/// <param name="Commit">Coordinator: clipping and AdamW.</param>
internal sealed record WorkerDuties(
    int Workers, int Idle, bool TrainsHere, int MicroBatches, Duty MicroBatch, Duty Write, Duty Read, Duty Out, Duty In, Duty Sum,
    Duty Commit);
