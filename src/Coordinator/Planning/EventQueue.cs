namespace MoR.Coordinator.Planning;

/// <summary>What happens when, in order of time; what happens at one time, in the order in which it was planned.</summary>
internal sealed class EventQueue
{
    private readonly PriorityQueue<Action, (double Time, long Order)> _events = new();
    private long _order;

    /// <summary>Seconds since the beginning.</summary>
    public double Now { get; private set; }

    /// <summary>Plans an event.</summary>
    public void At(double time, Action happens) => _events.Enqueue(happens, (time, _order++));

    /// <summary>Lets everything happen.</summary>
    public void Run()
    {
        while (_events.TryDequeue(out var happens, out var key))
        {
            Now = key.Time;
            happens();
        }
    }
}
