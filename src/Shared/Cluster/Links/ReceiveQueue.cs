using MoR.Cluster.Protocol.Wire;

namespace MoR.Cluster.Links;

/// <summary>
/// Messages that were received and not taken yet; owns them. One at a time may wait for the next, and goes on where that is added.
/// </summary>
/// <param name="mostBytes">Beyond, there is no room until some are taken.</param>
internal sealed class ReceiveQueue(long mostBytes)
{
    private const int EnvelopeFactor = 8;
    private const int ObjectBytes = 512;

    private readonly Lock _lock = new();
    private readonly Queue<(WireMessage Message, long Bytes)> _messages = new();
    private TaskCompletionSource<WireMessage>? _taker;
    private TaskCompletionSource? _room;
    private Func<LinkException>? _end;
    private long _bytes;

    /// <summary>Adds a message, which is disposed of where the queue has been closed.</summary>
    public void Add(WireMessage message)
    {
        TaskCompletionSource<WireMessage>? taker;
        lock (_lock)
        {
            taker = TakeTaker();
            if (_end != null)
            {
                message.Dispose();
            }
            else if (taker is null)
            {
                var bytes = BytesOf(message);
                _messages.Enqueue((message, bytes));
                _bytes += bytes;
            }
        }

        taker?.SetResult(message);
    }

    /// <summary>Ends when there is room, or when the queue has been closed.</summary>
    public Task RoomAsync()
    {
        lock (_lock)
        {
            if (_bytes < mostBytes || _end != null)
                return Task.CompletedTask;
            _room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _room.Task;
        }
    }

    /// <summary>The next message, then the caller's; what came before the end is still handed out.</summary>
    public async ValueTask<WireMessage> TakeAsync(CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        TaskCompletionSource<WireMessage> taker;
        lock (_lock)
        {
            if (_messages.TryDequeue(out var next))
            {
                _bytes -= next.Bytes;
                if (_bytes < mostBytes)
                    FreeRoom();
                return next.Message;
            }

            if (_end != null)
                throw _end();
            if (_taker != null)
                throw new InvalidOperationException("Somebody waits for the next message already.");
            _taker = taker = new TaskCompletionSource<WireMessage>();
        }

        await using var registration = cancel.UnsafeRegister(
            static state =>
            {
                var (queue, taker, cancel) = ((ReceiveQueue, TaskCompletionSource<WireMessage>, CancellationToken))state!;
                queue.GiveUp(taker, cancel);
            },
            (this, taker, cancel));
        return await taker.Task;
    }

    /// <summary>Nothing is added any more; who waits gets the reason.</summary>
    public void Close(Func<LinkException> reason)
    {
        TaskCompletionSource<WireMessage>? taker;
        lock (_lock)
        {
            if (_end != null)
                return;
            _end = reason;
            taker = TakeTaker();
            FreeRoom();
        }

        taker?.SetException(reason());
    }

    /// <summary>Disposes of everything that was not taken.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            while (_messages.TryDequeue(out var next))
            {
                next.Message.Dispose();
            }

            _bytes = 0;
        }
    }

    private void GiveUp(TaskCompletionSource<WireMessage> taker, CancellationToken cancel)
    {
        lock (_lock)
        {
            if (_taker != taker)
                return;
            _taker = null;
        }

        taker.SetCanceled(cancel);
    }

    private TaskCompletionSource<WireMessage>? TakeTaker()
    {
        var taker = _taker;
        _taker = null;
        return taker;
    }

    /// <summary>About what a message takes. An envelope takes several times the bytes that it has on the wire.</summary>
    private static long BytesOf(WireMessage message) =>
        message.TensorBytes + (EnvelopeFactor * (long)message.Envelope.CalculateSize()) + (ObjectBytes * (1L + message.Tensors.Count));

    private void FreeRoom()
    {
        _room?.SetResult();
        _room = null;
    }
}
