using MoR.Cluster.Protocol;

namespace MoR.Cluster.Membership;

/// <summary>Counts what nodes and shards have to do, until somebody takes the sums.</summary>
internal sealed class LoadMeter
{
    private SortedDictionary<string, Traffic> _nodes = new(StringComparer.Ordinal);
    private SortedDictionary<int, Traffic> _shards = [];
    private (long Retries, long Hedges, long Duplicates, long Moves) _before;

    /// <summary>What happened since the beginning.</summary>
    public ClusterCounters Counters { get; } = new();

    /// <summary>A request went out.</summary>
    public void Sent(OpenRequest request, Attempt attempt)
    {
        var isFirst = request.Attempts.Count == 1;
        var bytes = request.Bytes - (attempt.CarriesForward ? 0 : request.ForwardBytes);
        Add(attempt.Node, request.Key.Shard, new Traffic
        {
            Requests = 1,
            Rows = isFirst && request.Key.Direction == Direction.Forward ? request.Rows : 0,
            SentBytes = bytes,
            AgainBytes = isFirst ? 0 : bytes,
        });
    }

    /// <summary>An answer came in.</summary>
    /// <param name="node">Whose.</param>
    /// <param name="shard">The shard.</param>
    /// <param name="bytes">Of its tensors.</param>
    /// <param name="wait">Since it was asked; zero if the answer does not count.</param>
    public void Received(Node node, int shard, long bytes, TimeSpan wait) =>
        Add(node, shard, new Traffic { ReceivedBytes = bytes, Wait = wait });

    /// <summary>Parameters went out.</summary>
    public void Published(Node node, int shard, long bytes) => Add(node, shard, new Traffic { ParameterBytes = bytes });

    /// <summary>The sums since the last time.</summary>
    public ClusterLoad Take()
    {
        var load = new ClusterLoad
        {
            Nodes = _nodes,
            Shards = _shards,
            Retries = Counters.Retries - _before.Retries,
            Hedges = Counters.Hedges - _before.Hedges,
            Duplicates = Counters.Duplicates - _before.Duplicates,
            Moves = Counters.Moves - _before.Moves,
        };
        (_nodes, _shards) = (new(StringComparer.Ordinal), []);
        _before = (Counters.Retries, Counters.Hedges, Counters.Duplicates, Counters.Moves);
        return load;
    }

    private void Add(Node node, int shard, Traffic traffic)
    {
        _nodes[node.Name] = _nodes.TryGetValue(node.Name, out var ofNode) ? ofNode.Plus(traffic) : traffic;
        if (shard == RequestKey.None)
        {
            return; // a whole micro-batch
        }

        _shards[shard] = _shards.TryGetValue(shard, out var ofShard) ? ofShard.Plus(traffic) : traffic;
    }
}
