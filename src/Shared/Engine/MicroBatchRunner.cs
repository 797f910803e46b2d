using System.Runtime.ExceptionServices;
using MoR.Cluster.Protocol;
using MoR.Cluster.Seams;

namespace MoR.Engine;

/// <summary>
/// Takes one micro-batch through the backbone: segments run on the math executor, dispatches go over the expert link,
/// and the frozen products run while the experts are at work. Coordinator and workers share it.
/// </summary>
public sealed class MicroBatchRunner(IMathExecutor math, IExpertLink experts) : IMicroBatchTrainer
{
    /// <inheritdoc/>
    public int Places => 1;

    /// <inheritdoc/>
    public async Task<IMicroBatchDelta> TrainAsync(IMicroBatchWork work, CancellationToken cancel)
    {
        var microBatch = await math.RunAsync(work.Open);
        try
        {
            return await TrainAsync(microBatch, cancel);
        }
        finally
        {
            await math.RunAsync(microBatch.Dispose);
        }
    }

    /// <summary>Forward only: evaluation and generation.</summary>
    public async Task ForwardAsync(IMicroBatch microBatch, CancellationToken cancel)
    {
        if (!microBatch.AsksExperts)
        {
            await math.RunAsync(() => ForwardAlone(microBatch, cancel));
            return;
        }

        using var abort = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        for (var point = 0; point < microBatch.DispatchPoints; point++)
        {
            cancel.ThrowIfCancellationRequested();
            var here = point;
            var requests = await math.RunAsync(() => microBatch.Forward(here));
            var asked = requests.Select(AskAsync).ToArray();
            var replies = await Overlap(asked, () => microBatch.ForwardFrozen(here), abort);
            await math.RunAsync(() => microBatch.AcceptForward(here, replies));
        }

        await math.RunAsync(microBatch.Finish);

        // Async, so that a link that throws at once fails this request and does not orphan those before it.
        async Task<ForwardReply> AskAsync(ForwardRequest request) => await experts.ForwardAsync(request, abort.Token);
    }

    /// <summary>Forward and backward: what the micro-batch adds to its step.</summary>
    public async Task<IMicroBatchDelta> TrainAsync(IMicroBatch microBatch, CancellationToken cancel)
    {
        await ForwardAsync(microBatch, cancel);
        using var abort = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var gradients = new Queue<(int Point, Task<IReadOnlyList<ExpertGradient>> Shard)>();
        try
        {
            for (var point = microBatch.DispatchPoints - 1; point >= 0; point--)
            {
                cancel.ThrowIfCancellationRequested();
                var here = point;
                var requests = await math.RunAsync(() => microBatch.Backward(here));
                var asked = requests.Select(request => BackwardAsync(request, here)).ToArray();
                var replies = await Overlap(asked, () => microBatch.BackwardFrozen(here), abort);
                await math.RunAsync(() => microBatch.AcceptBackward(here, replies));

                // What they were computed from is held until they are taken, but nobody waits for them here.
                await AcceptParameterGradientsAsync(next => next.Point >= here + 2 && next.Shard.IsCompleted);
            }

            await AcceptParameterGradientsAsync(_ => true);
        }
        catch
        {
            // The requests belong to the micro-batch, which is about to be disposed of: nobody may still read them.
            Cancel(abort);
            foreach (var (_, shard) in gradients)
            {
                await Abandoned.SettleAsync(shard);
            }

            throw;
        }

        return await math.RunAsync(microBatch.TakeDelta);

        async Task AcceptParameterGradientsAsync(Predicate<(int Point, Task Shard)> wanted)
        {
            while (gradients.TryPeek(out var next) && wanted((next.Point, next.Shard)))
            {
                var gradient = await next.Shard;
                gradients.Dequeue();
                await math.RunAsync(() => microBatch.AcceptParameterGradients(next.Point, gradient));
            }
        }

        async Task<BackwardReply> BackwardAsync(BackwardRequest request, int point)
        {
            var reply = await experts.BackwardAsync(request, abort.Token);
            lock (gradients)
            {
                gradients.Enqueue((point, reply.ParameterGradients));
            }

            return reply;
        }
    }

    /// <summary>The same order without anybody to wait for, on one thread.</summary>
    private static void ForwardAlone(IMicroBatch microBatch, CancellationToken cancel)
    {
        for (var point = 0; point < microBatch.DispatchPoints; point++)
        {
            cancel.ThrowIfCancellationRequested();
            microBatch.Forward(point);
            microBatch.ForwardFrozen(point);
            microBatch.AcceptForward(point, []);
        }

        microBatch.Finish();
    }

    /// <summary>Runs the coordinator's own share while the experts work. The first request that fails takes the others with it, of which
    /// one might hang for minutes; no task is left behind.</summary>
    private async Task<IReadOnlyList<TReply>> Overlap<TReply>(Task<TReply>[] asked, Action meanwhile, CancellationTokenSource abort)
        where TReply : IDisposable
    {
        ExceptionDispatchInfo? failure = null;
        var watched = Task.WhenAll(asked.Select(AbortIfFailedAsync));
        try
        {
            await math.RunAsync(meanwhile);
            await watched;
            failure?.Throw();
            return await Task.WhenAll(asked);
        }
        catch
        {
            Cancel(abort);
            await watched;
            foreach (var reply in asked)
            {
                await Abandoned.SettleAsync(reply);
            }

            throw;
        }

        async Task AbortIfFailedAsync(Task<TReply> reply)
        {
            try
            {
                await reply;
            }
#pragma warning disable CA1031 // It is thrown when all have ended.
            catch (Exception problem)
#pragma warning restore CA1031
            {
                if (problem is not OperationCanceledException)
                {
                    Interlocked.CompareExchange(ref failure, ExceptionDispatchInfo.Capture(problem), null);
                }

                Cancel(abort);
            }
        }
    }

    /// <summary>What is asked for a micro-batch that failed is not waited for longer than it takes to say so.</summary>
    private static void Cancel(CancellationTokenSource abort) =>
        abort.Cancel(); // CancelAsync goes on on the thread pool, where a simulator does not follow
}
