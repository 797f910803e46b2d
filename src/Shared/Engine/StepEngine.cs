using MoR.Cluster.Seams;

namespace MoR.Engine;

/// <summary>
/// Runs optimiser steps: up to <c>window</c> micro-batches in flight, their deltas summed in micro-batch order, then one
/// indivisible commit (law 2). The window and the order of arrival never change a result.
/// </summary>
public sealed class StepEngine<TReport>(
    IMathExecutor math, IExpertLink experts, ITrainableState<TReport> state, IFatalExit fatal, int window)
{
    private readonly MicroBatchRunner _runner = new(math, experts);
    private readonly int _window = window >= 1
        ? window
        : throw new ArgumentOutOfRangeException(nameof(window), window, "at least 1 micro-batch must be in flight");

    /// <summary>Runs step <see cref="ITrainableState{TReport}.Version"/> + 1.</summary>
    /// <param name="step">The step, which must follow the state's version.</param>
    /// <param name="microBatches">How many micro-batches the step has, at least 1.</param>
    /// <param name="open">Makes the micro-batch at a position; called on the math executor.</param>
    /// <param name="cancel">Honoured before the commit, never inside it.</param>
    public async Task<TReport> RunAsync(
        long step, int microBatches, Func<int, IMicroBatch> open, CancellationToken cancel)
    {
        if (step != state.Version + 1)
        {
            throw new InvalidOperationException($"step {step} cannot follow version {state.Version}");
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(microBatches, 1);
        using var abort = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var inFlight = new Queue<Task<IMicroBatchDelta>>();
        try
        {
            for (var position = 0; position < microBatches; position++)
            {
                if (inFlight.Count == _window)
                {
                    await AccumulateAsync(inFlight);
                }

                inFlight.Enqueue(TrainAsync(position, open, abort.Token));
            }

            while (inFlight.Count > 0)
            {
                await AccumulateAsync(inFlight);
            }

            cancel.ThrowIfCancellationRequested();
        }
        catch
        {
            await abort.CancelAsync();
            await AbandonAsync(inFlight);
            state.Discard();
            throw;
        }

        var report = await math.RunAsync(() => Commit(step));
        await experts.PublishAsync(step, CancellationToken.None);
        return report;
    }

    private TReport Commit(long step)
    {
        try
        {
            return state.Commit(step);
        }
        catch (Exception cause)
        {
            fatal.Die($"the commit of step {step} failed half-way, so the state in memory is not trusted", cause);
            throw;
        }
    }

    private async Task<IMicroBatchDelta> TrainAsync(int position, Func<int, IMicroBatch> open, CancellationToken cancel)
    {
        var microBatch = await math.RunAsync(() => open(position));
        try
        {
            return await _runner.TrainAsync(microBatch, cancel);
        }
        finally
        {
            await math.RunAsync(microBatch.Dispose);
        }
    }

    private async Task AccumulateAsync(Queue<Task<IMicroBatchDelta>> inFlight)
    {
        // Peek first: a task that fails stays in the queue, where AbandonAsync finds it.
        var delta = await inFlight.Peek();
        _ = inFlight.Dequeue();
        await math.RunAsync(() => state.Accumulate(delta));
    }

    private static async Task AbandonAsync(Queue<Task<IMicroBatchDelta>> inFlight)
    {
        foreach (var task in inFlight)
        {
            await Abandoned.SettleAsync(task);
        }
    }
}
