using MoR.Cluster.Framing;
using MoR.Cluster.Protocol.Wire;
using MoR.Model.Workers;

namespace MoR.Coordinator.Cluster;

/// <summary>Parameters and router state as of one version, copied, so that a slow link never reads what a commit changes. Owned by all
/// who send them together.</summary>
/// <param name="model">All of them, as a worker is sent them; taken over.</param>
internal sealed class PublishedParameters(WireMessage model)
{
    private readonly ulong[] _checksums = [.. model.Tensors.Select(tensor => (ulong)Crc32C.Of(tensor.Bytes.Span))];
    private int _users = 1;

    /// <summary>The version.</summary>
    public long Version => model.Envelope.PublishModel.Version;

    /// <summary>The message that gives a node some shards; its tensors stay valid until <see cref="Release"/>.</summary>
    public WireMessage Of(long epoch, IReadOnlyList<int> shards)
    {
        Interlocked.Increment(ref _users);
        return new WireMessage(
            new Envelope { Publish = new Publish { Epoch = epoch, Version = Version, Shards = { shards } } },
            [.. shards.Select(shard => model.Tensors[ModelCodec.FirstShard + shard])]);
    }

    /// <summary>Shards in groups that one message may carry each.</summary>
    /// <param name="shards">The shards.</param>
    /// <param name="mostBytes">The most bytes of a message's tensors.</param>
    public IEnumerable<IReadOnlyList<int>> Cut(IReadOnlyList<int> shards, long mostBytes)
    {
        List<int> part = [];
        var bytes = 0L;
        foreach (var shard in shards)
        {
            var more = model.Tensors[ModelCodec.FirstShard + shard].ByteCount;
            if (part.Count > 0 && bytes + more > mostBytes)
            {
                yield return part;
                (part, bytes) = ([], 0);
            }

            part.Add(shard);
            bytes += more;
        }

        yield return part;
    }

    /// <summary>The message that gives a worker all of them, likewise.</summary>
    public WireMessage Model()
    {
        Interlocked.Increment(ref _users);
        return new WireMessage(new Envelope { PublishModel = model.Envelope.PublishModel }, model.Tensors);
    }

    /// <summary>What a node has otherwise than it was sent; null if nothing, or if it was another version.</summary>
    public string? Mismatch(Published published) => published.Version != Version ? null : published.Shards.Zip(published.Checksums)
        .Where(pair => _checksums.ElementAtOrDefault(ModelCodec.FirstShard + pair.First) != pair.Second)
        .Select(pair => $"shard {pair.First}")
        .FirstOrDefault();

    /// <summary>The same of a worker.</summary>
    public string? Mismatch(PublishedModel published) =>
        published.Version == Version && !published.Checksums.SequenceEqual(_checksums) ? "the model" : null;

    /// <summary>One user less: a message was sent, or a newer version has come. May be called on any thread.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _users) == 0)
        {
            model.Dispose();
        }
    }
}
