using MoR.Cluster.Seams;

namespace MoR.Engine.Tests;

/// <summary>
/// Keeps work in a list and runs it on one thread, in the order that <paramref name="pick"/> says: given how many items
/// wait, it returns the position of the next one.
/// </summary>
internal sealed class QueueExecutor(Func<int, int> pick) : IMathExecutor
{
    private readonly List<Action> _waiting = [];

    public Task<T> RunAsync<T>(Func<T> work)
    {
        var done = new TaskCompletionSource<T>();
        _waiting.Add(() =>
        {
            try
            {
                done.SetResult(work());
            }
#pragma warning disable CA1031 // Whatever the work throws belongs to whoever awaits it.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                done.SetException(failure);
            }
        });
        return done.Task;
    }

    /// <summary>Runs what waits until the task that <paramref name="start"/> makes has ended.</summary>
    public T Run<T>(Func<Task<T>> start)
    {
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            var task = start();
            while (!task.IsCompleted)
            {
                Assert.True(_waiting.Count > 0, "nothing is left to run, and the task has not ended");
                var next = pick(_waiting.Count);
                var work = _waiting[next];
                _waiting.RemoveAt(next);
                work();
            }

            return task.GetAwaiter().GetResult();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }
}
