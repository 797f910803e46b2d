namespace MoR.Cluster.Actors;

/// <summary>The restarts of one actor that still count.</summary>
public sealed class RestartWindow(RestartLimit limit, TimeProvider time)
{
    private readonly Queue<long> _restarts = new();

    /// <summary>Restarts that counted when the last one was asked for, that one among them.</summary>
    public int Count => _restarts.Count;

    /// <summary>Whether one more restart is within the limit; if so, it counts from now.</summary>
    public bool TryRestart()
    {
        var now = time.GetTimestamp();
        while (_restarts.TryPeek(out var oldest) && time.GetElapsedTime(oldest, now) >= limit.Window)
        {
            _restarts.Dequeue();
        }

        if (_restarts.Count >= limit.Most)
        {
            return false;
        }

        _restarts.Enqueue(now);
        return true;
    }
}
