using MoR.Cluster.Errors;
using MoR.Cluster.Seams;
using MoR.Engine;

namespace MoR.Coordinator.Cluster;

/// <summary>
/// Hands micro-batches to workers, and trains some in this process: an even share where it has cores of its own, or experts on
/// nodes; all of them while there is no worker. Who trains one never matters to what comes of it. However many fall back on this
/// process when workers die, it has a window of them open, which is what it has memory for.
/// </summary>
/// <param name="actor">Knows the workers.</param>
/// <param name="messages">Micro-batches and answers as messages.</param>
/// <param name="here">Trains in this process.</param>
/// <param name="math">Where bytes are packed and unpacked.</param>
/// <param name="window">Micro-batches that this process trains side by side.</param>
/// <param name="sharesMachine">Whether workers run on this machine, so that training here too would only take their cores.</param>
/// <param name="note">Tells the user.</param>
internal sealed class WorkerTrainer(
    ClusterActor actor, IMicroBatchMessages messages, IMicroBatchTrainer here, IMathExecutor math, int window, bool sharesMachine,
    Action<string> note) : IMicroBatchTrainer
{
    private readonly Turns _turns = new(window);
    private int _here, _there;

    /// <inheritdoc/>
    public int Places => Math.Max(1, actor.Workers + (TrainsHere ? 1 : 0));

    private bool TrainsHere => !sharesMachine || actor.HasExperts || actor.Workers == 0;

    /// <inheritdoc/>
    public async Task<IMicroBatchDelta> TrainAsync(IMicroBatchWork work, CancellationToken cancel)
    {
        if (!IsForHere())
        {
            try
            {
                return await ThereAsync(work, cancel);
            }
            catch (RunException problem)
            {
                note($"{problem.Subject}: {problem.Problem}; the coordinator trains it");
            }
        }

        Interlocked.Increment(ref _here);
        try
        {
            return await _turns.RunAsync(() => here.TrainAsync(work, cancel), cancel);
        }
        finally
        {
            Interlocked.Decrement(ref _here);
        }
    }

    private bool IsForHere()
    {
        var workers = actor.Workers;
        return workers == 0 || (TrainsHere && (Volatile.Read(ref _here) + 1) * workers <= Volatile.Read(ref _there));
    }

    private async Task<IMicroBatchDelta> ThereAsync(IMicroBatchWork work, CancellationToken cancel)
    {
        Interlocked.Increment(ref _there);
        try
        {
            var answer = await actor.AnswerAsync(messages.RequestOf(work, math), cancel);
            return await math.RunAsync(() => messages.Decode(answer, work));
        }
        finally
        {
            Interlocked.Decrement(ref _there);
        }
    }
}
