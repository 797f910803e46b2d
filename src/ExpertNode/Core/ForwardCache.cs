using MoR.Cluster.Protocol;

namespace MoR.ExpertNode.Core;

/// <summary>
/// What forward carried, kept for backward within a budget of bytes: the oldest goes first. Everything here can be dropped, at
/// the cost of being sent again.
/// </summary>
/// <param name="budget">The most bytes of tensors.</param>
public sealed class ForwardCache(long budget) : IDisposable
{
    private readonly Dictionary<RequestKey, LinkedListNode<Entry>> _byKey = [];
    private readonly LinkedList<Entry> _byAge = new();

    /// <summary>Bytes of tensors that are kept.</summary>
    public long Bytes { get; private set; }

    /// <summary>Messages that are kept.</summary>
    public int Count => _byAge.Count;

    /// <summary>Keeps a share of a Forward, in place of an earlier one of that key; one that is larger than the budget is not
    /// kept.</summary>
    public void Keep(RequestKey key, long version, SharedMessage forward)
    {
        Drop(key);
        var bytes = forward.Message.TensorBytes;
        if (bytes > budget)
        {
            return;
        }

        while (Bytes + bytes > budget)
        {
            Drop(_byAge.First!.Value.Key);
        }

        _byKey[key] = _byAge.AddLast(new Entry(key, version, bytes, forward.Share()));
        Bytes += bytes;
    }

    /// <summary>Hands out what is kept of a Forward at a version; the caller's from then on. Null if it was dropped.</summary>
    public SharedMessage? Take(RequestKey key, long version) =>
        _byKey.TryGetValue(key, out var node) && node.Value.Version == version ? Remove(node).Forward : null;

    /// <summary>Drops what is kept of a Forward, if anything is.</summary>
    public void Drop(RequestKey key)
    {
        if (_byKey.TryGetValue(key, out var node))
        {
            Remove(node).Forward.Dispose();
        }
    }

    /// <summary>Drops what is older than a version.</summary>
    public void DropBefore(long version) => DropAll(entry => entry.Version < version);

    /// <summary>Drops what is of a shard.</summary>
    public void DropShard(int shard) => DropAll(entry => entry.Key.Shard == shard);

    /// <inheritdoc/>
    public void Dispose() => DropAll(_ => true);

    private void DropAll(Predicate<Entry> isDropped)
    {
        for (var node = _byAge.First; node is not null;)
        {
            var next = node.Next;
            if (isDropped(node.Value))
            {
                Remove(node).Forward.Dispose();
            }

            node = next;
        }
    }

    private Entry Remove(LinkedListNode<Entry> node)
    {
        var entry = node.Value;
        _byKey.Remove(entry.Key);
        _byAge.Remove(node);
        Bytes -= entry.Bytes;
        return entry;
    }

    private sealed record Entry(RequestKey Key, long Version, long Bytes, SharedMessage Forward);
}
