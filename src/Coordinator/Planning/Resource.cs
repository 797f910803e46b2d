namespace MoR.Coordinator.Planning;

/// <summary>Something that does one piece of work after the other, in the order in which it was asked.</summary>
internal sealed class Resource(EventQueue events)
{
    private double _free;

    /// <summary>Seconds for which it was occupied.</summary>
    public double Busy { get; private set; }

    /// <summary>Asks for work, and goes on when its result is there.</summary>
    public void Take(Duty duty, Action then)
    {
        _free = Math.Max(_free, events.Now) + duty.Busy;
        Busy += duty.Busy;
        events.At(_free + duty.Delay, then);
    }
}
