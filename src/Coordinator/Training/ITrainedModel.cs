using MoR.Cluster.Membership;
using MoR.Cluster.Seams;
using MoR.Coordinator.Runs;
using MoR.Engine;
using MoR.Model.Optimisation;

namespace MoR.Coordinator.Training;

/// <summary>
/// What a run trains, as the <see cref="Trainer"/> sees it: an adapter, or a whole backbone. Steps, metrics, checkpoints and
/// resuming are the trainer's; what a micro-batch computes, what a checkpoint holds and what is evaluated are the model's.
/// </summary>
public interface ITrainedModel : IDisposable
{
    /// <summary>Parameters, moments and router state.</summary>
    TrainableState State { get; }

    /// <summary>Where its mathematics runs.</summary>
    IMathExecutor Math { get; }

    /// <summary>The way to its experts.</summary>
    IExpertLink Experts { get; }

    /// <summary>Who trains its micro-batches.</summary>
    IMicroBatchTrainer MicroBatches => new MicroBatchRunner(Math, Experts);

    /// <summary>What its steps can do without when nodes are lost; null if nothing.</summary>
    ShardMask? Mask => null;

    /// <summary>What nodes and shards had to do since the last time that this was called; null if there are none.</summary>
    Task<ClusterLoad?> TakeLoadAsync() => Task.FromResult<ClusterLoad?>(null);

    /// <summary>Whether there is something to evaluate.</summary>
    bool Evaluates { get; }

    /// <summary>The work of a step, from 1: a pure function of the step and the parameters.</summary>
    StepWork WorkOf(long step);

    /// <summary>Mean NLL of the first step's sequences, without dropout: the same batch before and after training.</summary>
    Task<double> FixedBatchLossAsync(CancellationToken stop);

    /// <summary>Evaluates the parameters as they are.</summary>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="scored">Told each task's score as soon as it is known.</param>
    /// <param name="stop">Honoured between batches.</param>
    Task<EvaluationScores> EvaluateAsync(
        Action<string> progress, Action<string, TaskScore> scored, CancellationToken stop);

    /// <summary>The files of a checkpoint. Equal states give equal bytes, progress aside.</summary>
    IReadOnlyList<CheckpointFile> CheckpointFiles(RunProgress progress);

    /// <summary>Takes up a checkpoint.</summary>
    /// <exception cref="MoR.Cluster.Errors.MorException">It belongs to another model, or is not what this version writes.</exception>
    RunProgress Restore(Checkpoint checkpoint, Action<string> notice);

    /// <summary>Makes the run offer a checkpoint's result to others, now that it is the best.</summary>
    void Offer(CheckpointStore checkpoints, long step);
}
