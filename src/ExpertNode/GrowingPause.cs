namespace MoR.ExpertNode;

/// <summary>Pauses between attempts: each twice as long as the one before, up to a limit.</summary>
internal sealed class GrowingPause(TimeSpan first, TimeSpan most)
{
    private TimeSpan? _next;

    /// <summary>The next pause.</summary>
    public TimeSpan Next()
    {
        var pause = _next ?? first;
        _next = pause * 2 < most ? pause * 2 : most;
        return pause;
    }

    /// <summary>Begins again with the shortest.</summary>
    public void Reset() => _next = null;
}
