using MoR.Cluster.Protocol;
using MoR.Cluster.Protocol.Wire;

namespace MoR.Cluster.Membership;

/// <summary>A node that has joined, as the coordinator sees it.</summary>
/// <param name="number">Of its connection: a node that comes back is another one.</param>
/// <param name="join">What it said of itself.</param>
/// <param name="peer">Name and address, for messages.</param>
public sealed class Node(int number, Join join, string peer)
{
    private const double UnknownRate = 1;
    private const long NoVersion = -1;
    private const int LongestName = 64;

    /// <summary>Whether a text can be a node's name, which stands in messages, logs and file names.</summary>
    public static bool IsName(string text) =>
        text.Length is >= 1 and <= LongestName && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_');

    /// <summary>Of its connection, ascending.</summary>
    public int Number => number;

    /// <summary>Its name; a later incarnation has the same.</summary>
    public string Name => join.Name;

    /// <summary>Name and address, for messages.</summary>
    public string Peer => peer;

    /// <summary>Names its process among all that had the name.</summary>
    public ulong Incarnation => join.Incarnation;

    /// <summary>Whether it takes shards.</summary>
    public bool TakesShards => IsReady && !Leaves && join.Roles.Contains(Role.Expert);

    /// <summary>Whether it trains micro-batches.</summary>
    public bool Trains => IsReady && !Leaves && IsWorker;

    /// <summary>Whether it has the role of a worker, ready or not.</summary>
    public bool IsWorker { get; } = join.Roles.Contains(Role.Worker);

    /// <summary>False while a worker reads its backbone, and hears nothing meanwhile.</summary>
    public bool IsReady => HasModel || !IsWorker;

    /// <summary>Bytes of parameters that it has room for.</summary>
    public long Room => join.MemoryBytes;

    /// <summary>Bytes of requests that it takes unanswered.</summary>
    public long Credit => join.RequestBytes;

    /// <summary>How fast it says it is, beside others.</summary>
    public double Rate => join.ProductsPerSecond > 0 ? join.ProductsPerSecond : UnknownRate;

    /// <summary>It asked to leave.</summary>
    public bool Leaves { get; set; }

    /// <summary>The version of each shard that was sent to it.</summary>
    public SortedDictionary<int, long> Shards { get; } = [];

    /// <summary>The version of the model that was sent to it as a worker; -1 for none.</summary>
    public long ModelVersion { get; set; } = NoVersion;

    /// <summary>Whether it has said that a model came, which is after it has read its backbone.</summary>
    public bool HasModel { get; set; }

    /// <summary>Bytes of requests to shards that it is at work on, also where nobody waits for the answer any longer.</summary>
    public long Outstanding { get; set; }

    /// <summary>Micro-batches that it is at work on, likewise.</summary>
    public int MicroBatches { get; set; }

    /// <summary>When it last began or was done with something.</summary>
    public TimeSpan Moved { get; set; }

    /// <summary>Answers that came too late in a row.</summary>
    public int Late { get; set; }

    /// <summary>The version of a shard that it can answer with, or of the whole model; -1 for none.</summary>
    public long VersionOf(int shard) => shard != RequestKey.None ? Shards.GetValueOrDefault(shard, NoVersion) : ModelVersion;

    /// <inheritdoc/>
    public override string ToString() => peer;
}
