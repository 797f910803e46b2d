using MoR.Cluster.Framing;
using MoR.Cluster.Protocol.Wire;

namespace MoR.Cluster.Links;

/// <summary>
/// The sending half of a link: one loop takes frame after frame from the queue. Small frames are collected in a buffer and
/// written together; large bodies are written from where they are. A write is never cancelled. Whoever gives an idle loop something
/// to send runs it, since waking a thread costs more than most messages do, until it waits or has written so much that the rest is
/// another thread's.
/// </summary>
internal sealed class LinkWriter(Stream stream, LinkOptions options, bool checksums, Action wrote)
{
    private const int BufferBytes = 1 << 16;

    // Who lends its thread has something else to do: a request with its rows is written by it, and not all that is queued meanwhile.
    private const long MostOnBorrowedThread = 1 << 19;

    // The start of a large body goes with its header: a packet of 16 bytes would wake the reader for nothing.
    private const int LeadBytes = (1 << 15) - FrameHeader.Size;

    private readonly Lock _lock = new();
    private readonly SendQueue _queue = new(options.MostMessageBytes);
    private readonly byte[] _buffer = new byte[BufferBytes];
    private readonly List<PendingSend> _endInBuffer = []; // messages whose last frame is there
    private TaskCompletionSource? _work;
    private LinkException? _end;
    private bool _heartbeatIsDue;
    private PendingSend? _current; // whose frame is being written
    private int _used;
    private int _usedByBodies;
    private bool _threadIsBorrowed;
    private long _borrowedFor; // bytes
    private long _queuedBytes;

    /// <summary>Bytes of bodies that the stream does not have yet.</summary>
    public long QueuedBytes => Interlocked.Read(ref _queuedBytes);

    /// <summary>Queues a message and has it written.</summary>
    /// <returns>Ends when the stream has it.</returns>
    public Task SendAsync(WireMessage message, SendPriority priority)
    {
        var (sent, write) = Enqueue(message, priority);
        write?.Invoke();
        return sent;
    }

    /// <summary>Queues a message. Who queues it while it holds a lock has it written once it holds none, since whatever waits for messages
    /// and links goes on there.</summary>
    /// <returns>Ends when the stream has it; and, if the loop was idle, what has to be called to have it written.</returns>
    public (Task Sent, Action? Write) Enqueue(WireMessage message, SendPriority priority)
    {
        var send = new PendingSend(new OutgoingMessage(message, options));
        TaskCompletionSource? work;
        lock (_lock)
        {
            if (_end != null)
            {
                send.Fail(_end);
                return (send.Sent, null);
            }

            _queue.Add(send, priority);
            Interlocked.Add(ref _queuedBytes, send.Message.BodyBytes);
            work = TakeWork();
        }

        return (send.Sent, work is null ? null : work.SetResult);
    }

    /// <summary>Sends a heartbeat if nothing else waits.</summary>
    public void Beat()
    {
        TaskCompletionSource? work;
        lock (_lock)
        {
            _heartbeatIsDue = _work != null;
            work = TakeWork();
        }

        work?.SetResult();
    }

    /// <summary>Writes until the stream fails or <see cref="Stop"/> is called.</summary>
    public async Task RunAsync()
    {
        while (TakeFrame(out var frame, out var work))
        {
            if (frame is { } taken)
                await PutAsync(taken);
            else if (work != null)
                await WaitAsync(work);
            else
                await FlushAsync();
        }
    }

    /// <summary>Ends the loop once its write has ended, and takes nothing more.</summary>
    public void Stop(LinkException reason)
    {
        TaskCompletionSource? work;
        lock (_lock)
        {
            _end ??= reason;
            work = TakeWork();
        }

        work?.SetResult();
    }

    /// <summary>Ends every wait for a message that was not sent, once the loop has ended and their memory is no longer read.</summary>
    public void FailAll(LinkException reason)
    {
        List<PendingSend> lost;
        lock (_lock)
        {
            lost = [.. _endInBuffer, .. _queue.TakeAll()];
            if (_current != null)
                lost.Add(_current);
            _endInBuffer.Clear();
            Interlocked.Exchange(ref _queuedBytes, 0);
        }

        lost.ForEach(send => send.Fail(reason));
    }

    /// <summary>What to do next: a frame to put, work to wait for, or, with neither, a buffer to flush. False: stop.</summary>
    private bool TakeFrame(out Frame? frame, out Task? work)
    {
        (frame, work) = (null, null);
        lock (_lock)
        {
            if (_end != null)
                return false;
            _current = _queue.TryTake(out var kind, out var body);
            if (_current != null)
                frame = new Frame(kind, _current.Message.Id, body);
            else if (_heartbeatIsDue)
                frame = new Frame(FrameKind.Heartbeat, 0, default);
            else if (_used == 0)
                work = (_work = new TaskCompletionSource()).Task;
            _heartbeatIsDue = false;
            return true;
        }
    }

    private async ValueTask PutAsync(Frame frame)
    {
        var fits = FrameHeader.Size + frame.Body.Length <= BufferBytes;
        var copied = fits ? frame.Body.Length : LeadBytes;
        if (BufferBytes - _used < FrameHeader.Size + copied)
            await FlushAsync();
        FrameHeader.Of(frame.Kind, frame.MessageId, frame.Body.Span, checksums).Write(_buffer.AsSpan(_used));
        _used += FrameHeader.Size;
        frame.Body.Span[..copied].CopyTo(_buffer.AsSpan(_used));
        _used += copied;
        _usedByBodies += copied;
        if (!fits)
        {
            await FlushAsync();
            await WriteAsync(frame.Body[copied..], frame.Body.Length - copied);
        }

        if (_current is not { Message.IsDone: true })
            return;
        if (fits)
            _endInBuffer.Add(_current);
        else
            _current.Succeed();
    }

    private async ValueTask FlushAsync()
    {
        await WriteAsync(_buffer.AsMemory(0, _used), _usedByBodies);
        (_used, _usedByBodies) = (0, 0);
        _endInBuffer.ForEach(send => send.Succeed());
        _endInBuffer.Clear();
    }

    private async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, int ofBodies)
    {
        var writing = stream.WriteAsync(bytes);
        if (!writing.IsCompleted)
        {
            BorrowThread();
        }

        await writing;
        wrote();
        Interlocked.Add(ref _queuedBytes, -ofBodies);
        if (_threadIsBorrowed && (_borrowedFor += bytes.Length) >= MostOnBorrowedThread)
        {
            await Task.Yield();
            _threadIsBorrowed = false;
        }
    }

    private async ValueTask WaitAsync(Task work)
    {
        BorrowThread();
        await work;
    }

    /// <summary>What is waited for goes on in a thread of whoever ends the wait.</summary>
    private void BorrowThread() => (_threadIsBorrowed, _borrowedFor) = (true, 0);

    private TaskCompletionSource? TakeWork()
    {
        var work = _work;
        _work = null;
        return work;
    }

    private readonly record struct Frame(FrameKind Kind, uint MessageId, ReadOnlyMemory<byte> Body);
}
