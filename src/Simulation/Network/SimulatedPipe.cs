namespace MoR.Simulation.Network;

/// <summary>
/// One direction of a connection: bytes leave in order, are on their way for as long as the path says, and wait at the other end
/// to be read. A writer waits while too much is on its way or unread, as TCP has it do.
/// </summary>
internal sealed class SimulatedPipe(SimulatedNetwork network, SimulatedConnection connection, string from, string to)
{
    private const int Window = 1 << 16;
    private const int SegmentBytes = 1 << 14;

    private readonly Queue<(byte[]? Bytes, long Due)> _onWay = new(); // null: the end
    private readonly Queue<byte[]> _arrived = new();
    private TaskCompletionSource? _reader;
    private TaskCompletionSource? _writer;
    private string? _broken;
    private long _free; // when the wire is free again
    private int _taken; // of the first segment that arrived
    private int _unread;
    private int _travelling;
    private bool _hasEnded;
    private bool _isDelivering;

    /// <summary>Whether the end that reads has bytes that it did not read.</summary>
    public bool HasUnread => _unread > 0;

    /// <summary>Whether the end that reads has gone: what arrives is answered by a reset.</summary>
    public bool IsDeaf { get; set; }

    /// <summary>Whether the end that writes has gone.</summary>
    public bool IsClosed { get; private set; }

    public async ValueTask<int> ReadAsync(Memory<byte> target, CancellationToken cancel)
    {
        while (true)
        {
            if (_unread > 0)
            {
                return Take(target.Span);
            }

            if (_broken is { } reason)
            {
                throw new IOException(reason);
            }

            if (_hasEnded)
            {
                return 0;
            }

            await WaitAsync(_reader = New(), cancel);
        }
    }

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancel)
    {
        while (!source.IsEmpty)
        {
            if (_broken is { } reason)
            {
                throw new IOException(reason);
            }

            if (IsClosed)
            {
                throw new IOException("the stream was closed");
            }

            var count = Math.Min(Math.Min(source.Length, SegmentBytes), Window - _unread - _travelling);
            if (count <= 0)
            {
                await WaitAsync(_writer = New(), cancel);
                continue;
            }

            var bytes = source[..count].ToArray();
            _travelling += count;
            _free = Math.Max(_free, network.Now) + network.TimeOnWire(from, to, count);
            Send(bytes, _free);
            source = source[count..];
        }
    }

    /// <summary>The writer has gone; what is on its way still arrives.</summary>
    public void Close()
    {
        if (!IsClosed)
        {
            IsClosed = true;
            Send(null, Math.Max(_free, network.Now));
            Signal(ref _writer);
        }
    }

    /// <summary>The connection is no more: what is on its way is lost, and who reads or writes is told.</summary>
    public void Break(string reason)
    {
        _broken ??= reason;
        _onWay.Clear();
        _travelling = 0;
        Signal(ref _reader);
        Signal(ref _writer);
    }

    /// <summary>The writer's machine is off: what it had not sent is lost, and the reader is told nothing.</summary>
    public void Silence()
    {
        _onWay.Clear();
        IsClosed = true;
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static void Signal(ref TaskCompletionSource? waiter)
    {
        waiter?.TrySetResult();
        waiter = null;
    }

    // Not Task.WaitAsync, which goes on elsewhere than on the world's thread.
    private static async Task WaitAsync(TaskCompletionSource changed, CancellationToken cancel)
    {
        await using var registration = cancel.UnsafeRegister(_ => changed.TrySetCanceled(cancel), null);
        await changed.Task;
    }

    private int Take(Span<byte> target)
    {
        var count = 0;
        while (count < target.Length && _arrived.TryPeek(out var segment))
        {
            var part = Math.Min(target.Length - count, segment.Length - _taken);
            segment.AsSpan(_taken, part).CopyTo(target[count..]);
            (count, _taken) = (count + part, _taken + part);
            if (_taken == segment.Length)
            {
                _arrived.Dequeue();
                _taken = 0;
            }
        }

        _unread -= count;
        Signal(ref _writer);
        return count;
    }

    private void Send(byte[]? bytes, long leaves)
    {
        _onWay.Enqueue((bytes, leaves + network.Latency(from, to)));
        Deliver();
    }

    private void Deliver()
    {
        if (!_isDelivering && _onWay.TryPeek(out var next))
        {
            _isDelivering = true;
            network.At(Math.Max(next.Due, network.BlockedUntil(from, to)), Arrive);
        }
    }

    private void Arrive()
    {
        _isDelivering = false;
        if (_onWay.Count == 0)
        {
            return;
        }

        if (network.BlockedUntil(from, to) > network.Now)
        {
            Deliver();
            return;
        }

        var (bytes, _) = _onWay.Dequeue();
        _travelling -= bytes?.Length ?? 0;
        if (network.IsSilent(to))
        {
            // The machine is off: nobody is there to say that nobody is there.
            _onWay.Clear();
            return;
        }

        network.Arrived(connection, from, to, bytes);
        if (IsDeaf)
        {
            connection.Reset(from);
        }
        else if (bytes is null)
        {
            _hasEnded = true;
        }
        else if (bytes.Length > 0)
        {
            _arrived.Enqueue(bytes);
            _unread += bytes.Length;
        }

        Signal(ref _reader);
        Deliver();
    }
}
