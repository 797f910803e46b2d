namespace MoR.Simulation.Runtime;

/// <summary>
/// Worlds side by side: each has a thread of this pool to itself from its beginning to its end, and no world knows of another, so
/// what comes of one does not depend on how many there are.
/// </summary>
internal static class SeedThreads
{
    private const int StackBytes = 16 << 20; // continuations of a world run inside each other

    /// <summary>Runs all seeds of a range.</summary>
    /// <param name="first">The first.</param>
    /// <param name="count">How many.</param>
    /// <param name="threads">Threads.</param>
    /// <param name="run">Runs one.</param>
    /// <param name="done">Told how many are done, by several threads at once.</param>
    /// <param name="stop">Honoured between seeds.</param>
    /// <returns>The results in the order of the seeds.</returns>
    public static T[] Run<T>(ulong first, int count, int threads, Func<ulong, T> run, Action<int> done, CancellationToken stop)
    {
        var results = new T[count];
        var (next, finished) = (-1, 0);
        Exception? problem = null;
        var workers = Enumerable.Range(0, Math.Min(threads, count))
            .Select(_ => new Thread(Work, StackBytes) { IsBackground = true }).ToList();
        workers.ForEach(worker => worker.Start());
        workers.ForEach(worker => worker.Join());
        if (problem is not null)
        {
            throw new InvalidOperationException(problem.Message, problem);
        }

        stop.ThrowIfCancellationRequested();
        return results;

        void Work()
        {
            try
            {
                while (!stop.IsCancellationRequested && problem is null && Interlocked.Increment(ref next) is var index && index < count)
                {
                    results[index] = run(first + (ulong)index);
                    done(Interlocked.Increment(ref finished));
                }
            }
#pragma warning disable CA1031 // A thread must not end the process; the caller hears of it.
            catch (Exception cause)
#pragma warning restore CA1031
            {
                problem = cause;
            }
        }
    }
}
