namespace MoR.Coordinator.Benchmarks.Network;

/// <summary>
/// A stream that measures the longest time without a sign of life of the other end, and may be read no faster than a network
/// would bring it.
/// </summary>
/// <param name="inner">The stream.</param>
/// <param name="bytesPerSecond">The pace of reading; 0 for none.</param>
/// <param name="time">The clock.</param>
internal sealed class WatchedStream(Stream inner, long bytesPerSecond, TimeProvider time) : StreamAround(inner)
{
    private readonly Lock _lock = new();
    private long _heard = time.GetTimestamp();
    private TimeSpan _largest;

    /// <summary>Begins to watch.</summary>
    public void Restart()
    {
        lock (_lock)
        {
            (_heard, _largest) = (time.GetTimestamp(), TimeSpan.Zero);
        }
    }

    /// <summary>The longest time without a byte, until now.</summary>
    public TimeSpan LargestGap()
    {
        lock (_lock)
        {
            var gap = time.GetElapsedTime(_heard);
            return gap > _largest ? gap : _largest;
        }
    }

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var bytes = await base.ReadAsync(buffer, cancellationToken);
        lock (_lock)
        {
            var gap = time.GetElapsedTime(_heard);
            _largest = gap > _largest ? gap : _largest;
            _heard = time.GetTimestamp();
        }

        if (bytesPerSecond > 0)
        {
            await time.PauseAsync(TimeSpan.FromSeconds((double)bytes / bytesPerSecond));
        }

        return bytes;
    }
}
