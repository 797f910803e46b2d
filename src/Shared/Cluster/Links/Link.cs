using MoR.Cluster.Framing;
using MoR.Cluster.Protocol.Wire;
using MoR.Cluster.Transport;

namespace MoR.Cluster.Links;

/// <summary>
/// Messages to and from a peer over an authenticated connection, which it owns. One loop reads and one writes. The link ends
/// once, for one reason: the peer closed it, was silent for too long, or broke the protocol, or <see cref="Close"/> was called;
/// every wait then ends with that reason. docs/PROTOCOL.md has what travels.
/// </summary>
public sealed class Link : IAsyncDisposable
{
    private readonly Connection _connection;
    private readonly LinkOptions _options;
    private readonly TimeProvider _time;
    private readonly FrameDecoder _decoder;
    private readonly ReceiveQueue _received;
    private readonly LinkReader _reader;
    private readonly LinkWriter _writer;
    private readonly Lock _lock = new();
    private IdleTimer? _silence;
    private IdleTimer? _heartbeat;
    private volatile bool _isReading = true;
    private Reason? _reason;
    private Task? _closing;
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isRunning;

    /// <summary>A link that nothing travels over until it runs.</summary>
    public Link(Connection connection, string peer, LinkOptions options, IWireMemory memory, TimeProvider time)
    {
        (_connection, Peer, _options, _time) = (connection, peer, options, time);
        var checksums = !connection.IsProtected;
        _decoder = new FrameDecoder(peer, options, memory, checksums);
        _received = new ReceiveQueue(options.MostUnreadBytes);
        _reader = new LinkReader(peer, connection.Stream, _decoder, _received, Heard);
        _writer = new LinkWriter(connection.Stream, options, checksums, () => _heartbeat?.Note());
    }

    /// <summary>Who is at the other end: "node-2 (127.0.0.1:51342)".</summary>
    public string Peer { get; }

    /// <summary>The most bytes of one message's tensors.</summary>
    public long MostMessageBytes => _options.MostMessageBytes;

    /// <summary>Bytes of messages to send that the stream does not have yet.</summary>
    public long QueuedBytes => _writer.QueuedBytes;

    /// <summary>Reads and writes until the link ends; never throws. Called once.</summary>
    public Task RunAsync()
    {
        lock (_lock)
        {
            if (_isRunning)
                throw new InvalidOperationException("A link runs once.");
            if (_reason != null)
                return Task.CompletedTask;
            _isRunning = true;
            _heartbeat = new IdleTimer(_options.Heartbeat, TimeSpan.MaxValue, _time, _ => _writer.Beat());
            _silence = new IdleTimer(_options.Silence, _options.Heartbeat, _time, quiet =>
            {
                if (_isReading)
                    End($"nothing was heard for {quiet.TotalSeconds:0.0} seconds, and {_options.Silence.TotalSeconds:0.0} are allowed");
            });
        }

        return RunBothAsync();
    }

    /// <summary>Sends a message, which stays the caller's and must not change or be disposed of before the end.</summary>
    /// <returns>Ends when the stream has all its bytes.</returns>
    /// <exception cref="LinkException">The link ended before that.</exception>
    /// <exception cref="ArgumentException">The message is larger than the protocol or the link allows.</exception>
    public Task SendAsync(WireMessage message, SendPriority priority) => _writer.SendAsync(message, priority);

    /// <summary>The same for who holds a lock: queues the message, and leaves it to the caller to have it written.</summary>
    /// <returns>Ends when the stream has all its bytes; and what is to be called, with no lock held, if it is not null.</returns>
    /// <exception cref="ArgumentException">The message is larger than the protocol or the link allows.</exception>
    public (Task Sent, Action? Write) Enqueue(WireMessage message, SendPriority priority) => _writer.Enqueue(message, priority);

    /// <summary>The next message, from then on the caller's. What was received before the other end closed the link is still
    /// handed out. One at a time may wait.</summary>
    /// <exception cref="LinkException">The link ended.</exception>
    public ValueTask<WireMessage> ReceiveAsync(CancellationToken cancel) => _received.TakeAsync(cancel);

    /// <summary>
    /// Ends the link: what was not sent is not sent, and what was received and not taken is disposed of. To be sure that the
    /// other end has the last message, let the other end close.
    /// </summary>
    /// <param name="reason">What every wait ends with, without a final period.</param>
    public void Close(string reason)
    {
        End(reason);
        _received.Clear();
    }

    /// <summary>Closes the link and waits until nothing of it runs.</summary>
    public async ValueTask DisposeAsync()
    {
        Close("this end closed the link");
        if (_isRunning)
            await _stopped.Task;
        await (_closing ?? Task.CompletedTask);
        _decoder.Dispose();
        _received.Clear();
    }

    private async Task RunBothAsync()
    {
        await Task.WhenAll(UntilItEndsAsync(_writer.RunAsync), UntilItEndsAsync(_reader.RunAsync));
        _decoder.Dispose();
        await (_closing ?? Task.CompletedTask);
        _writer.FailAll(_reason!.ToException(Peer));
        _stopped.SetResult();
    }

    private async Task UntilItEndsAsync(Func<Task> loop)
    {
        try
        {
            await loop();
        }
        catch (LinkException exception)
        {
            End(exception.Problem, exception);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or OperationCanceledException)
        {
            End($"the connection broke ({exception.Message.TrimEnd('.')})", exception);
        }
        catch (Exception exception)
        {
            End($"{exception.GetType().Name}: {exception.Message.TrimEnd('.')}", exception);
        }
    }

    private void Heard(bool isReading)
    {
        _isReading = isReading;
        _silence?.Note();
    }

    private void End(string problem, Exception? cause = null)
    {
        bool isRunning;
        lock (_lock)
        {
            if (_reason != null)
                return;
            _reason = new Reason(problem, cause);
            isRunning = _isRunning;
        }

        _heartbeat?.Dispose();
        _silence?.Dispose();
        _closing = CloseConnectionAsync();
        _writer.Stop(_reason.ToException(Peer));
        // While the loop runs, its last write may still read the memory of a message.
        if (!isRunning)
            _writer.FailAll(_reason.ToException(Peer));
        // Last: who waits for a message goes on here, and finds the link ended.
        _received.Close(() => _reason.ToException(Peer));
    }

    private async Task CloseConnectionAsync()
    {
        try
        {
            await _connection.DisposeAsync();
        }
        catch (IOException)
        {
            // It is gone, which is what was wanted.
        }
    }

    private sealed record Reason(string Problem, Exception? Cause)
    {
        // A new one for each who waits, as the stack of an exception is its own.
        public LinkException ToException(string peer) => new(peer, Problem, Cause);
    }
}
