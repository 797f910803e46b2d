using MoR.Cluster.Links;

namespace MoR.Coordinator.Cluster;

/// <summary>Tells the user of refused connections, by name, but never more than <see cref="MostPerMinute"/> in a minute: who scans
/// ports must not fill the log. May be called from several threads.</summary>
internal sealed class RefusalNotes(TimeProvider time, Action<string> note)
{
    /// <summary>Lines in a minute.</summary>
    public const int MostPerMinute = 20;

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private readonly Lock _lock = new();
    private long? _began;
    private int _inMinute;

    /// <summary>A connection was refused.</summary>
    public void Add(LinkException refused)
    {
        var (more, isShown) = Count();
        Tell(more);
        if (isShown)
        {
            note($"a connection was refused: {refused.Message}");
        }
    }

    /// <summary>Tells of those that were only counted.</summary>
    public void Flush()
    {
        int more;
        lock (_lock)
        {
            more = _inMinute - MostPerMinute;
            _inMinute = 0;
        }

        Tell(more);
    }

    private (int More, bool IsShown) Count()
    {
        lock (_lock)
        {
            var more = 0;
            if (_began is not { } began || time.GetElapsedTime(began) >= Minute)
            {
                more = _inMinute - MostPerMinute;
                (_began, _inMinute) = (time.GetTimestamp(), 0);
            }

            return (more, ++_inMinute <= MostPerMinute);
        }
    }

    private void Tell(int more)
    {
        if (more > 0)
        {
            note($"{more} more connections were refused within a minute, and are not listed.");
        }
    }
}
