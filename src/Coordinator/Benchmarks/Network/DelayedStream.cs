using System.Threading.Channels;

namespace MoR.Coordinator.Benchmarks.Network;

/// <summary>A stream with latency added in both directions and no limit of bandwidth: bytes arrive in order, each so much later.
/// </summary>
internal sealed class DelayedStream : StreamAround
{
    private const int MostWaiting = 4096;
    private const int ReadBytes = 1 << 18;
    private readonly TimeSpan _latency;
    private readonly TimeProvider _time;
    private readonly Channel<Piece> _in = NewChannel();
    private readonly Channel<Piece> _out = NewChannel();
    private readonly Task _writing;
    private Task? _reading;
    private Piece? _piece;

    public DelayedStream(Stream inner, TimeSpan latency, TimeProvider time)
        : base(inner)
    {
        (_latency, _time) = (latency, time);
        _writing = WriteLaterAsync();
    }

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        _reading ??= ReadAheadAsync();
        if (_piece is null)
        {
            try
            {
                _piece = await _in.Reader.ReadAsync(cancellationToken);
            }
            catch (ChannelClosedException)
            {
                return 0;
            }

            await UntilAsync(_piece.Due);
        }

        var taken = Math.Min(buffer.Length, _piece.Bytes.Length);
        _piece.Bytes[..taken].CopyTo(buffer);
        _piece = taken < _piece.Bytes.Length ? _piece with { Bytes = _piece.Bytes[taken..] } : null;
        return taken;
    }

    /// <inheritdoc/>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        _out.Writer.WriteAsync(new Piece(buffer.ToArray(), Due()), cancellationToken);

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        // What was written before the end still arrives.
        _out.Writer.TryComplete();
        await _writing;
        await base.DisposeAsync();
        await (_reading ?? Task.CompletedTask);
    }

    private async Task WriteLaterAsync()
    {
        try
        {
            await foreach (var piece in _out.Reader.ReadAllAsync())
            {
                await UntilAsync(piece.Due);
                await base.WriteAsync(piece.Bytes);
            }
        }
        catch (Exception problem) when (problem is IOException or ObjectDisposedException)
        {
            _out.Writer.TryComplete(problem);
        }
    }

    private async Task ReadAheadAsync()
    {
        try
        {
            var buffer = new byte[ReadBytes];
            while (await base.ReadAsync(buffer) is > 0 and var bytes)
            {
                await _in.Writer.WriteAsync(new Piece(buffer.AsMemory(0, bytes).ToArray(), Due()));
            }
        }
        catch (Exception problem) when (problem is IOException or ObjectDisposedException)
        {
            // To whoever reads it is the end.
        }

        _in.Writer.TryComplete();
    }

    private long Due() => _time.GetTimestamp() + (long)(_latency.TotalSeconds * _time.TimestampFrequency);

    private Task UntilAsync(long due) =>
        _time.PauseAsync(TimeSpan.FromSeconds((due - _time.GetTimestamp()) / (double)_time.TimestampFrequency));

    private static Channel<Piece> NewChannel() => Channel.CreateBounded<Piece>(MostWaiting);

    private sealed record Piece(ReadOnlyMemory<byte> Bytes, long Due);
}
