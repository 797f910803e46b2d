using TorchSharp;

namespace MoR.Torch.Runtime;

/// <summary>
/// Dedicated threads for mathematics, each computing its operations on one thread. OpenBLAS crashes when some two
/// hundred threads call it at once, so there are at most <see cref="MaximumThreads"/>. How many there are decides
/// speed only: work is cut the same way whatever their number.
/// </summary>
public sealed class MathPool : IDisposable
{
    /// <summary>The most threads a pool may have.</summary>
    public const int MaximumThreads = 64;

    [ThreadStatic]
    private static MathPool? poolOfThread;

    private readonly object gate = new();
    private readonly Queue<Job> jobs = new();
    private readonly List<Loop> loops = [];
    private readonly Thread[] threads;
    private bool stopping;

    /// <summary>Starts the threads.</summary>
    /// <param name="threads">1 to 64.</param>
    /// <exception cref="ArgumentOutOfRangeException">Another number.</exception>
    public MathPool(int threads)
    {
        if (threads is < 1 or > MaximumThreads)
        {
            throw new ArgumentOutOfRangeException(
                nameof(threads), threads, $"a math pool has 1 to {MaximumThreads} threads, not {threads}");
        }

        // Once, here, so that a missing library is the caller's error and not the end of a thread.
        TorchRuntime.Initialise();
        this.threads = new Thread[threads];
        for (var i = 0; i < threads; i++)
        {
            this.threads[i] = new Thread(Serve) { IsBackground = true, Name = $"math-{i}" };
            this.threads[i].Start();
        }
    }

    /// <summary>How many threads compute side by side.</summary>
    public int Threads => threads.Length;

    /// <summary>
    /// Queues work for one of the pool's threads, where gradients are recorded and no dispose scope is open. What
    /// awaits the result continues elsewhere.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The pool was disposed before the work began.</exception>
    public Task<T> RunAsync<T>(Func<T> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        var completion = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var job = new Job(
            () =>
            {
                try
                {
                    completion.SetResult(work());
                }
#pragma warning disable CA1031 // Whatever the work throws belongs to whoever awaits it.
                catch (Exception error)
#pragma warning restore CA1031
                {
                    completion.SetException(error);
                }
            },
            () => completion.SetException(new ObjectDisposedException(nameof(MathPool))));
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(stopping, this);
            jobs.Enqueue(job);
            Monitor.Pulse(gate);
        }

        return completion.Task;
    }

    /// <summary>
    /// Runs <paramref name="body"/> for 0 to count - 1, in any order, on the calling thread and on idle threads of the
    /// pool, and returns when all are done. May be nested and may be called from any thread. Each call of the body has
    /// a dispose scope of its own and records no gradients; a tensor it wants to keep must be detached from the scope.
    /// After an exception no further index is begun; the exception of the lowest index is thrown again.
    /// </summary>
    public void For(int count, Action<int> body)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentNullException.ThrowIfNull(body);
        var loop = new Loop(count, body, Math.Min(count, Threads) - 1);
        var shared = loop.HelpersWanted > 0;
        if (shared)
        {
            lock (gate)
            {
                ObjectDisposedException.ThrowIf(stopping, this);
                loops.Add(loop);
                Monitor.PulseAll(gate);
            }
        }

        loop.Work();
        if (shared)
        {
            lock (gate)
            {
                loops.Remove(loop);
            }

            loop.WaitForHelpers();
        }

        loop.ThrowIfFailed();
    }

    /// <summary>Waits for the work in progress; what was only queued fails with ObjectDisposedException.</summary>
    public void Dispose()
    {
        if (poolOfThread == this)
        {
            throw new InvalidOperationException("a math pool cannot be disposed by one of its own threads");
        }

        lock (gate)
        {
            stopping = true;
            Monitor.PulseAll(gate);
        }

        foreach (var thread in threads)
        {
            thread.Join();
        }

        while (jobs.TryDequeue(out var job))
        {
            job.Abandon();
        }
    }

    private void Serve()
    {
        poolOfThread = this;
        torch.set_num_threads(1);
        while (Next() is { } work)
        {
            work();
        }
    }

    // Loops come first: somebody is waiting for them, and what is begun should be finished before more is.
    private Action? Next()
    {
        lock (gate)
        {
            while (true)
            {
                if (stopping)
                {
                    return null;
                }

                for (var i = loops.Count - 1; i >= 0; i--)
                {
                    var loop = loops[i];
                    if (loop.TryJoin())
                    {
                        return loop.Help;
                    }
                }

                if (jobs.TryDequeue(out var job))
                {
                    return job.Run;
                }

                Monitor.Wait(gate);
            }
        }
    }

    private sealed record Job(Action Run, Action Abandon);
}
