using MoR.Cluster.Random;
using MoR.Cluster.Seams;
using MoR.Simulation.Scheduling;

namespace MoR.Simulation.Worlds;

/// <summary>
/// A process's mathematics: each piece runs whole, after a virtual time of its own, so that pieces that were queued together end in
/// any order, as on a pool of threads.
/// </summary>
internal sealed class SimulatedExecutor(Scheduler scheduler, SimulatedProcess process, ulong seed, int number, TimeSpan usual)
    : IMathExecutor
{
    private CounterRandom _random = new(seed, Streams.Mathematics, (ulong)number);

    /// <summary>Nothing ends before this time: the device hangs.</summary>
    public long StuckUntil { get; set; }

    /// <inheritdoc/>
    public Task<T> RunAsync<T>(Func<T> work)
    {
        // Its continuations run where it ends, which is on the process's turn.
        var done = new TaskCompletionSource<T>();
        var takes = (long)(usual.Ticks * process.Slowness * (0.5 + _random.NextDouble()));
        scheduler.At(Math.Max(scheduler.Now, StuckUntil) + takes, () => process.Post(_ => Run(work, done), null));
        return done.Task;
    }

    private static void Run<T>(Func<T> work, TaskCompletionSource<T> done)
    {
        T result;
        try
        {
            result = work();
        }
#pragma warning disable CA1031 // Whoever waits for it gets it, whatever it is.
        catch (Exception problem)
#pragma warning restore CA1031
        {
            done.SetException(problem);
            return;
        }

        done.SetResult(result);
    }
}
