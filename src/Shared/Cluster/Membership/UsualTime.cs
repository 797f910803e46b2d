namespace MoR.Cluster.Membership;

/// <summary>How long something usually takes: a moving average that a single slow case moves little.</summary>
internal sealed class UsualTime
{
    private const int Warm = 8;
    private const double Weight = 0.05;
    private const double MostGrowth = 2;
    private double _ticks;
    private int _count;

    /// <summary>Null until enough is known.</summary>
    public TimeSpan? Usual => _count < Warm ? null : TimeSpan.FromTicks((long)_ticks);

    /// <summary>Takes one case into account.</summary>
    public void Add(TimeSpan took)
    {
        _count++;
        var ticks = _count < Warm ? took.Ticks : Math.Min(took.Ticks, _ticks * MostGrowth);
        _ticks += (ticks - _ticks) * Math.Max(Weight, 1.0 / _count);
    }
}
