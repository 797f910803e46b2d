using MoR.Cluster.Random;

namespace MoR.Simulation.Scheduling;

/// <summary>
/// A process on a machine of the world: where its code runs, with a clock of its own. When it is killed, nothing of it runs any
/// more; while it is frozen, what it has to run waits, timers included.
/// </summary>
/// <param name="scheduler">The world's thread.</param>
/// <param name="host">The machine it is on.</param>
/// <param name="name">For traces.</param>
/// <param name="shuffles">Whether callbacks that are ready run in any order, as on several threads, or in the order they came.</param>
internal sealed class SimulatedProcess(Scheduler scheduler, string host, string name, bool shuffles) : SynchronizationContext
{
    private readonly List<(SendOrPostCallback Callback, object? State)> _work = [];
    private int _first;
    private bool _isListed;
    private long _anchor;
    private double _localAnchor;

    /// <summary>The machine it is on.</summary>
    public string Host => host;

    /// <summary>For traces.</summary>
    public string Name => name;

    /// <summary>Whether it was not killed and has not ended.</summary>
    public bool IsAlive { get; private set; } = true;

    /// <summary>Whether it stands still.</summary>
    public bool IsFrozen { get; private set; }

    /// <summary>How fast its clock goes: 1 is right.</summary>
    public double Rate { get; private set; } = 1;

    /// <summary>How many times longer its mathematics takes.</summary>
    public double Slowness { get; set; } = 1;

    /// <summary>What its clock shows, in ticks.</summary>
    public long LocalTime => (long)(_localAnchor + ((scheduler.Now - _anchor) * Rate));

    /// <summary>Its clock goes at another rate from now on, and may leap ahead.</summary>
    public void SetClock(double rate, TimeSpan leap)
    {
        _localAnchor = LocalTime + leap.Ticks;
        (_anchor, Rate) = (scheduler.Now, rate);
    }

    /// <inheritdoc/>
    public override void Post(SendOrPostCallback d, object? state)
    {
        scheduler.RequireThread();
        if (!IsAlive)
        {
            return;
        }

        _work.Add((d, state));
        List();
    }

    /// <inheritdoc/>
    public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException("Nobody waits for a callback.");

    /// <inheritdoc/>
    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Runs code as this process's, now.</summary>
    public void Run(Action code)
    {
        var before = Current;
        SetSynchronizationContext(this);
        try
        {
            code();
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }

    /// <summary>Runs one callback.</summary>
    /// <returns>Whether there are more to run now.</returns>
    public bool RunOne(ref CounterRandom random)
    {
        if (CanRun)
        {
            var chosen = shuffles && _work.Count - _first > 1 ? _first + random.NextBelow(_work.Count - _first) : _first;
            var (callback, state) = _work[chosen];
            _work[chosen] = _work[_first];
            _work[_first++] = default;
            if (_first == _work.Count)
            {
                _work.Clear();
                _first = 0;
            }

            Run(() => callback(state));
        }

        return _isListed = CanRun;
    }

    /// <summary>It is gone at once, with everything it had to run.</summary>
    public void Kill()
    {
        IsAlive = false;
        _work.Clear();
        _first = 0;
    }

    /// <summary>It stands still until <see cref="Thaw"/>.</summary>
    public void Freeze() => IsFrozen = true;

    /// <summary>It goes on.</summary>
    public void Thaw()
    {
        IsFrozen = false;
        List();
    }

    private bool CanRun => IsAlive && !IsFrozen && _first < _work.Count;

    private void List()
    {
        if (CanRun && !_isListed)
        {
            _isListed = true;
            scheduler.Ready(this);
        }
    }
}
