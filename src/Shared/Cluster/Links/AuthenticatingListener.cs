using MoR.Cluster.Transport;

namespace MoR.Cluster.Links;

/// <summary>
/// Takes connections from a listener and hands over those that proved the join token. What does not, is dropped after
/// <see cref="Handshake.Deadline"/>, and no more than <see cref="MostHalfOpen"/> are waited for at a time: one more drops the
/// oldest, so that whoever opens connections and says nothing keeps nobody out.
/// </summary>
/// <param name="listener">Stays the caller's.</param>
/// <param name="handshake">Authenticates.</param>
/// <param name="time">The clock.</param>
/// <param name="admitted">Takes an authenticated connection, and owns it. Like the next, may be called by several threads at once.</param>
/// <param name="refused">Told of every other, with the reason.</param>
public sealed class AuthenticatingListener(
    IListener listener, Handshake handshake, TimeProvider time, Action<Connection> admitted, Action<LinkException> refused)
{
    /// <summary>The most connections that are not authenticated yet.</summary>
    public const int MostHalfOpen = 64;

    private static readonly TimeSpan _pauseAfterFailure = TimeSpan.FromMilliseconds(100);

    private readonly Lock _lock = new();
    private readonly LinkedList<HalfOpen> _halfOpen = new(); // oldest first
    private readonly TaskCompletionSource _allEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _running = 1; // tasks, this object's own included

    /// <summary>Connections that are not authenticated yet.</summary>
    public int HalfOpenCount
    {
        get
        {
            lock (_lock)
            {
                return _halfOpen.Count;
            }
        }
    }

    /// <summary>Takes connections until it is cancelled, and then drops those that are not authenticated.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                _ = AuthenticateAsync(Enter(await listener.AcceptAsync(cancel)));
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                break;
            }
            catch (LinkException exception)
            {
                // No more file descriptors, most likely.
                refused(exception);
                DropOldest("was dropped, since the listener takes no more");
                await PauseAsync(cancel);
            }
        }

        while (HalfOpenCount > 0)
        {
            DropOldest("was dropped, since the program ends");
        }

        Ended();
        await _allEnded.Task;
    }

    private LinkedListNode<HalfOpen> Enter(IncomingConnection incoming)
    {
        if (HalfOpenCount == MostHalfOpen)
            DropOldest($"was dropped as the oldest of {MostHalfOpen} that had not authenticated themselves");
        Interlocked.Increment(ref _running);
        lock (_lock)
        {
            return _halfOpen.AddLast(new HalfOpen(incoming, time));
        }
    }

    private async Task AuthenticateAsync(LinkedListNode<HalfOpen> place)
    {
        var halfOpen = place.Value;
        try
        {
            var connection = await handshake.AcceptAsync(halfOpen.Incoming, halfOpen.Deadline);
            Leave(place);
            admitted(connection);
        }
        catch (Exception exception)
        {
            Leave(place);
            halfOpen.Incoming.Drop();
            refused(halfOpen.DropReason is { } reason
                ? new LinkException(halfOpen.Incoming.Peer, reason)
                : exception as LinkException ?? new LinkException(halfOpen.Incoming.Peer, $"failed ({exception.Message})", exception));
        }
        finally
        {
            halfOpen.Dispose();
            Ended();
        }
    }

    private void DropOldest(string reason)
    {
        HalfOpen oldest;
        lock (_lock)
        {
            if (_halfOpen.First is not { } first)
                return;
            oldest = first.Value;
            _halfOpen.Remove(first);
        }

        oldest.Drop(reason);
    }

    private void Leave(LinkedListNode<HalfOpen> place)
    {
        lock (_lock)
        {
            if (place.List != null)
                _halfOpen.Remove(place);
        }
    }

    private void Ended()
    {
        if (Interlocked.Decrement(ref _running) == 0)
            _allEnded.SetResult();
    }

    private async Task PauseAsync(CancellationToken cancel)
    {
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var timer = time.CreateTimer(_ => end.TrySetResult(), null, _pauseAfterFailure, Timeout.InfiniteTimeSpan);
        await using var registration = cancel.UnsafeRegister(_ => end.TrySetResult(), null);
        await end.Task;
    }
}
