using MoR.Cluster.Seams;

namespace MoR.Engine;

/// <summary>
/// Runs optimiser steps: up to <c>window</c> micro-batches in flight for each process that trains, their deltas summed in
/// micro-batch order, then one indivisible commit (law 2). Neither the window, nor who trains, nor the order of arrival changes
/// a result.
/// </summary>
/// <param name="math">Where sums and the commit run.</param>
/// <param name="experts">Where parameters are published.</param>
/// <param name="state">What a step changes.</param>
/// <param name="fatal">Where a failed commit ends.</param>
/// <param name="window">Micro-batches in flight for each process that trains.</param>
/// <param name="trainer">Who trains; this process unless given.</param>
public sealed class StepEngine<TReport>(
    IMathExecutor math, IExpertLink experts, ITrainableState<TReport> state, IFatalExit fatal, int window,
    IMicroBatchTrainer? trainer = null)
{
    private readonly IMicroBatchTrainer _trainer = trainer ?? new MicroBatchRunner(math, experts);
    private readonly int _window = window >= 1
        ? window
        : throw new ArgumentOutOfRangeException(nameof(window), window, "at least 1 micro-batch must be in flight");

    /// <summary>Runs step <see cref="ITrainableState{TReport}.Version"/> + 1.</summary>
    /// <param name="step">The step, which must follow the state's version.</param>
    /// <param name="microBatches">The step's micro-batches in their order, at least 1.</param>
    /// <param name="cancel">Honoured before the commit, never inside it.</param>
    public async Task<TReport> RunAsync(
        long step, IReadOnlyList<IMicroBatchWork> microBatches, CancellationToken cancel)
    {
        if (step != state.Version + 1)
        {
            throw new InvalidOperationException($"step {step} cannot follow version {state.Version}");
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(microBatches.Count, 1);
        using var abort = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var inFlight = new Queue<Task<IMicroBatchDelta>>();
        try
        {
            foreach (var microBatch in microBatches)
            {
                while (inFlight.Count >= _window * _trainer.Places)
                {
                    await AccumulateAsync(inFlight);
                }

                inFlight.Enqueue(_trainer.TrainAsync(microBatch, abort.Token));
            }

            while (inFlight.Count > 0)
            {
                await AccumulateAsync(inFlight);
            }

            cancel.ThrowIfCancellationRequested();
        }
        catch
        {
#pragma warning disable VSTHRD103 // CancelAsync goes on on the thread pool, where a simulator does not follow.
            abort.Cancel();
#pragma warning restore VSTHRD103
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
