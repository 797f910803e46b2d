using MoR.Cluster.Seams;

namespace MoR.ExpertNode.Tests;

/// <summary>Runs work at once, or, while it holds, when the test releases it.</summary>
internal sealed class HeldExecutor : IMathExecutor
{
    private readonly Lock _lock = new();
    private readonly List<Action> _waiting = [];
    private TaskCompletionSource _changed = NewSignal();
    private bool _isHolding;

    public Task<T> RunAsync<T>(Func<T> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (_isHolding)
            {
                _waiting.Add(Run);
                _changed.SetResult();
                _changed = NewSignal();
                return done.Task;
            }
        }

        Run();
        return done.Task;

        void Run()
        {
            try
            {
                done.SetResult(work());
            }
#pragma warning disable CA1031 // Whatever the work throws belongs to whoever awaits it.
            catch (Exception error)
#pragma warning restore CA1031
            {
                done.SetException(error);
            }
        }
    }

    public void Hold()
    {
        lock (_lock)
        {
            _isHolding = true;
        }
    }

    /// <summary>Ends when so many pieces of work wait.</summary>
    public async Task WaitingAsync(int count)
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (_waiting.Count >= count)
                {
                    Assert.Equal(count, _waiting.Count);
                    return;
                }

                changed = _changed.Task;
            }

            await changed;
        }
    }

    /// <summary>Runs what waits, the last first, and holds no longer.</summary>
    public void Release()
    {
        List<Action> waiting;
        lock (_lock)
        {
            _isHolding = false;
            waiting = [.. _waiting];
            _waiting.Clear();
        }

        waiting.Reverse();
        waiting.ForEach(run => run());
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
