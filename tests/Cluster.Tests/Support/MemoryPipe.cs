namespace MoR.Cluster.Tests.Support;

/// <summary>One direction of a connection in memory: holds a bounded number of bytes, so that a writer waits for its reader.</summary>
internal sealed class MemoryPipe(int room)
{
    private readonly Lock _lock = new();
    private readonly byte[] _bytes = new byte[room]; // a ring
    private int _first;
    private int _count;
    private readonly List<TaskCompletionSource> _waiters = [];
    private bool _isBroken;
    private bool _isFinished;

    /// <summary>Whether a writer would wait.</summary>
    public bool IsFull
    {
        get
        {
            lock (_lock)
            {
                return _count == room;
            }
        }
    }

    /// <summary>Whether everything that was written was read.</summary>
    public bool IsEmpty
    {
        get
        {
            lock (_lock)
            {
                return _count == 0;
            }
        }
    }

    public async ValueTask<int> ReadAsync(Memory<byte> target, CancellationToken cancel)
    {
        while (true)
        {
            TaskCompletionSource changed;
            lock (_lock)
            {
                if (_isBroken)
                    throw new IOException("the stream is closed");
                if (_count > 0)
                {
                    var count = Math.Min(Math.Min(target.Length, _count), room - _first);
                    _bytes.AsSpan(_first, count).CopyTo(target.Span);
                    (_first, _count) = ((_first + count) % room, _count - count);
                    Signal();
                    return count;
                }

                if (_isFinished)
                    return 0;
                changed = NewWaiter();
            }

            await WaitAsync(changed, cancel);
        }
    }

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancel)
    {
        while (!source.IsEmpty)
        {
            TaskCompletionSource changed;
            lock (_lock)
            {
                if (_isBroken || _isFinished)
                    throw new IOException("the stream is closed");
                var end = (_first + _count) % room;
                var count = Math.Min(Math.Min(source.Length, room - _count), room - end);
                source.Span[..count].CopyTo(_bytes.AsSpan(end));
                _count += count;
                source = source[count..];
                if (count > 0)
                {
                    Signal();
                    continue;
                }

                changed = NewWaiter();
            }

            await WaitAsync(changed, cancel);
        }
    }

    /// <summary>The writer has gone: what it wrote can be read.</summary>
    public void Finish()
    {
        lock (_lock)
        {
            _isFinished = true;
            Signal();
        }
    }

    /// <summary>The reader has gone.</summary>
    public void Break()
    {
        lock (_lock)
        {
            _isBroken = true;
            Signal();
        }
    }

    // Not Task.WaitAsync: that goes on elsewhere than on the thread of the simulator.
    private static async Task WaitAsync(TaskCompletionSource changed, CancellationToken cancel)
    {
        await using var registration = cancel.UnsafeRegister(_ => changed.TrySetCanceled(cancel), null);
        await changed.Task;
    }

    private TaskCompletionSource NewWaiter()
    {
        var waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiters.Add(waiter);
        return waiter;
    }

    private void Signal()
    {
        _waiters.ForEach(waiter => waiter.TrySetResult());
        _waiters.Clear();
    }
}
