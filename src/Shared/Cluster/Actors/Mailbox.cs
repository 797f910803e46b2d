using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;

namespace MoR.Cluster.Actors;

/// <summary>
/// Messages to one actor, in order of arrival, bounded. Who reads continues where it waited, so a single-threaded simulator keeps
/// its thread; elsewhere whoever posts a message to an idle actor goes on with that actor's work, since waking a thread for it would
/// cost more than most messages do. So nobody posts while it holds a lock, and no actor computes or waits on its own thread.
/// </summary>
/// <param name="capacity">The most messages that wait; at least 1.</param>
public sealed class Mailbox<T>(int capacity)
{
    private readonly Channel<T> _channel = Channel.CreateBounded<T>(new BoundedChannelOptions(capacity)
    {
        FullMode = BoundedChannelFullMode.Wait,
        SingleReader = true,
        AllowSynchronousContinuations = true,
    });

    /// <summary>The most messages that wait.</summary>
    public int Capacity => capacity;

    /// <summary>Messages that wait.</summary>
    public int Count => _channel.Reader.Count;

    /// <summary>Adds a message, unless the mailbox is full or closed.</summary>
    public bool TryPost(T message) => _channel.Writer.TryWrite(message);

    /// <summary>Adds a message, after a wait for room where there is none.</summary>
    /// <returns>False: the mailbox was closed first, and the message is still the caller's.</returns>
    public async ValueTask<bool> PostAsync(T message)
    {
        while (!_channel.Writer.TryWrite(message))
        {
            if (!await _channel.Writer.WaitToWriteAsync())
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Ends when there is a message to take, or with false when there will be none: closed, and all taken.</summary>
    public ValueTask<bool> WaitAsync() => _channel.Reader.WaitToReadAsync();

    /// <summary>Takes the oldest message, if there is one.</summary>
    public bool TryTake([MaybeNullWhen(false)] out T message) => _channel.Reader.TryRead(out message);

    /// <summary>Takes no more messages; those that wait can still be taken.</summary>
    public void Close() => _channel.Writer.TryComplete();
}
