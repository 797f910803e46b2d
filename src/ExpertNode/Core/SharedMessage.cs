using MoR.Cluster.Protocol.Wire;

namespace MoR.ExpertNode.Core;

/// <summary>A message with several holders; the last one that disposes of its share frees the tensors.</summary>
public sealed class SharedMessage : IDisposable
{
    private readonly Count _count;
    private bool _isDisposed;

    /// <summary>The first share; takes ownership.</summary>
    public SharedMessage(WireMessage message)
        : this(message, new Count())
    {
    }

    private SharedMessage(WireMessage message, Count count) => (Message, _count) = (message, count);

    /// <summary>The message; valid until this share is disposed of.</summary>
    public WireMessage Message { get; }

    /// <summary>Another share.</summary>
    public SharedMessage Share()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        Interlocked.Increment(ref _count.Shares);
        return new SharedMessage(Message, _count);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        if (Interlocked.Decrement(ref _count.Shares) == 0)
        {
            Message.Dispose();
        }
    }

    private sealed class Count
    {
        public int Shares = 1;
    }
}
