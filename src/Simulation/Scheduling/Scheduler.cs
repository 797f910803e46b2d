using MoR.Cluster.Random;

namespace MoR.Simulation.Scheduling;

/// <summary>
/// A world's only thread: virtual time, what is to happen at which time, and the processes that have something to run. The order
/// in which processes take turns comes from the seed; time moves only when nobody has anything to run.
/// </summary>
internal sealed class Scheduler
{
    private readonly PriorityQueue<Action, (long Time, long Order)> _events = new();
    private readonly List<SimulatedProcess> _ready = [];
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private CounterRandom _random;
    private volatile string? _strayed;
    private long _order;

    /// <param name="seed">Decides turns.</param>
    public Scheduler(ulong seed) => _random = new CounterRandom(seed, Streams.Turns);

    /// <summary>Virtual time since the world began, in ticks of 100 ns.</summary>
    public long Now { get; private set; }

    /// <summary>Callbacks that processes ran so far: each is a boundary at which a process can die.</summary>
    public long Callbacks { get; private set; }

    /// <summary>Called before every callback.</summary>
    public Action BeforeCallback { get; set; } = () => { };

    /// <summary>Has something happen at a time, or now if that is over.</summary>
    public void At(long time, Action what) => _events.Enqueue(what, (Math.Max(time, Now), _order++));

    /// <summary>Has something happen after a while.</summary>
    public void After(TimeSpan pause, Action what) => At(Now + pause.Ticks, what);

    /// <summary>A process has something to run.</summary>
    public void Ready(SimulatedProcess process) => _ready.Add(process);

    /// <summary>A callback must never come from another thread: the code went where the scheduler does not see it.</summary>
    public void RequireThread()
    {
        if (Environment.CurrentManagedThreadId != _thread)
        {
            _strayed ??= Environment.StackTrace;
        }
    }

    /// <summary>Runs one callback or lets time go on to the next event.</summary>
    /// <returns>False when nothing is left that could ever happen.</returns>
    /// <exception cref="InvalidOperationException">Code left the thread.</exception>
    public bool Step()
    {
        if (_strayed is { } stack)
        {
            throw new InvalidOperationException($"Code of a simulated process went on on another thread:\n{stack}");
        }

        if (_ready.Count > 0)
        {
            var turn = _ready.Count == 1 ? 0 : _random.NextBelow(_ready.Count);
            var process = _ready[turn];
            Callbacks++;
            BeforeCallback();
            if (!process.RunOne(ref _random))
            {
                _ready.Remove(process);
            }

            return true;
        }

        if (!_events.TryDequeue(out var next, out var at))
        {
            return false;
        }

        Now = at.Time;
        next();
        return true;
    }
}
