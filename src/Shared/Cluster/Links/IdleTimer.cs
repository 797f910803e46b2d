namespace MoR.Cluster.Links;

/// <summary>
/// Says when nothing was noted for a while. Noting is cheap: the timer is not set anew each time, but looks when it fires.
/// A timer that fires much too late says nothing, since then it was this process that stood still.
/// </summary>
internal sealed class IdleTimer : IDisposable
{
    private static readonly TimeSpan _clockGrain = TimeSpan.FromMilliseconds(1);

    private readonly TimeSpan _limit;
    private readonly TimeSpan _mostLate;
    private readonly TimeProvider _time;
    private readonly Action<TimeSpan> _idle;
    private readonly ITimer _timer;
    private long _noted;
    private long _armed;
    private TimeSpan _wait;

    /// <summary>Begins to wait.</summary>
    /// <param name="limit">How long nothing may be noted.</param>
    /// <param name="mostLate">A timer later than this is not believed, and the wait begins anew.</param>
    /// <param name="time">The clock.</param>
    /// <param name="idle">Called with how long nothing was noted; called again after another limit.</param>
    public IdleTimer(TimeSpan limit, TimeSpan mostLate, TimeProvider time, Action<TimeSpan> idle)
    {
        (_limit, _mostLate, _time, _idle) = (limit, mostLate, time, idle);
        Note();
        _timer = time.CreateTimer(static state => ((IdleTimer)state!).Look(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Arm(limit);
    }

    /// <summary>Something happened.</summary>
    public void Note() => Volatile.Write(ref _noted, _time.GetTimestamp());

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        var quiet = _time.GetElapsedTime(Volatile.Read(ref _noted));
        if (_time.GetElapsedTime(_armed) - _wait > _mostLate)
        {
            Note();
            quiet = TimeSpan.Zero;
        }
        else if (quiet >= _limit)
        {
            _idle(quiet);
            quiet = TimeSpan.Zero;
        }

        Arm(_limit - quiet);
    }

    private void Arm(TimeSpan wait)
    {
        (_armed, _wait) = (_time.GetTimestamp(), wait < _clockGrain ? _clockGrain : wait);
        _timer.Change(_wait, Timeout.InfiniteTimeSpan);
    }
}
