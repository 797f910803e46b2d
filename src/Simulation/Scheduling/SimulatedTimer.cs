namespace MoR.Simulation.Scheduling;

/// <summary>A timer. One that is set later keeps its place in the scheduler's queue and looks again when its turn comes.</summary>
internal sealed class SimulatedTimer(Scheduler scheduler, SimulatedProcess process, TimerCallback callback, object? state) : ITimer
{
    private const long Never = long.MaxValue;
    private long _due = Never;
    private long _queued = Never;
    private long _period;
    private bool _isOver;

    /// <inheritdoc/>
    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        scheduler.RequireThread();
        if (_isOver)
        {
            return false;
        }

        _period = period == Timeout.InfiniteTimeSpan ? 0 : InWorld(period);
        _due = dueTime == Timeout.InfiniteTimeSpan ? Never : scheduler.Now + InWorld(dueTime);
        Queue();
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => (_isOver, _due) = (true, Never);

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    private long InWorld(TimeSpan local) => (long)Math.Ceiling(local.Ticks / process.Rate);

    private void Queue()
    {
        if (_due < _queued)
        {
            var at = _queued = _due;
            scheduler.At(at, () => Look(at));
        }
    }

    private void Look(long at)
    {
        if (at == _queued)
        {
            _queued = Never;
        }

        if (_due > scheduler.Now)
        {
            Queue();
            return;
        }

        _due = _period > 0 ? scheduler.Now + _period : Never;
        process.Post(_ => callback(state), null);
        Queue();
    }
}
