namespace MoR.Engine;

/// <summary>Who takes micro-batches through forward and backward: this process, or workers that hold a replica of the backbone.
/// It owns deadlines: a returned task always ends.</summary>
public interface IMicroBatchTrainer
{
    /// <summary>How many processes train side by side, at least 1; each has a window of micro-batches in flight.</summary>
    int Places { get; }

    /// <summary>What a micro-batch adds to its step, whoever computed it.</summary>
    Task<IMicroBatchDelta> TrainAsync(IMicroBatchWork work, CancellationToken cancel);
}
