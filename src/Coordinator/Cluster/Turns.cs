namespace MoR.Coordinator.Cluster;

/// <summary>A bounded number of turns at a time; who comes while all are taken waits in line.</summary>
/// <param name="most">Turns at a time, at least 1.</param>
internal sealed class Turns(int most)
{
    private readonly Lock _lock = new();
    private readonly Queue<TaskCompletionSource> _line = new();
    private int _taken;

    /// <summary>Works when its turn has come.</summary>
    public async Task<T> RunAsync<T>(Func<Task<T>> work, CancellationToken cancel)
    {
        await TakeAsync(cancel);
        try
        {
            return await work();
        }
        finally
        {
            HandOn();
        }
    }

    private async Task TakeAsync(CancellationToken cancel)
    {
        TaskCompletionSource turn;
        lock (_lock)
        {
            if (_taken < most)
            {
                _taken++;
                return;
            }

            turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _line.Enqueue(turn);
        }

        // Not SemaphoreSlim, which goes on elsewhere than on a simulator's thread.
        await using var registration = cancel.Register(() => turn.TrySetCanceled(cancel));
        await turn.Task;
    }

    /// <summary>Who waits longest is next, unless it has given up.</summary>
    private void HandOn()
    {
        lock (_lock)
        {
            while (_line.TryDequeue(out var next))
            {
                if (next.TrySetResult())
                {
                    return;
                }
            }

            _taken--;
        }
    }
}
