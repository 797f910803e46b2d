namespace MoR.Cluster.Membership;

/// <summary>
/// Which nodes hold which shards: each shard on as many nodes as there are to be replicas, the most loaded shards first, each
/// where the load per rate stays least. A pure function of what it is given; equal loads go to the earlier node.
/// </summary>
public static class Placement
{
    /// <summary>The holders of each shard, first the one to ask; empty where no node has room.</summary>
    /// <param name="shards">Load and bytes of each shard.</param>
    /// <param name="nodes">Nodes that take shards, in the order of their numbers.</param>
    /// <param name="held">The nodes that hold a shard now, by number.</param>
    /// <param name="options">Replicas, and what a move must be worth.</param>
    public static IReadOnlyList<IReadOnlyList<int>> Of(
        IReadOnlyList<ShardLoad> shards, IReadOnlyList<Node> nodes, Func<int, IReadOnlyList<int>> held, ClusterOptions options)
    {
        var fresh = Place(shards, nodes, options.Replicas, _ => []);
        var kept = Place(shards, nodes, options.Replicas, held);
        return Copies(kept) >= Copies(fresh) && Peak(kept, shards, nodes) <= Peak(fresh, shards, nodes) * (1 + options.WorthMoving)
            ? kept
            : fresh;
    }

    /// <summary>The same, but nothing moves: shards without a holder get one where there is room beside what is held.</summary>
    public static IReadOnlyList<IReadOnlyList<int>> Keeping(
        IReadOnlyList<ShardLoad> shards, IReadOnlyList<Node> nodes, Func<int, IReadOnlyList<int>> held, ClusterOptions options) =>
        Place(shards, nodes, options.Replicas, held);

    private static int[][] Place(
        IReadOnlyList<ShardLoad> shards, IReadOnlyList<Node> nodes, int replicas, Func<int, IReadOnlyList<int>> held)
    {
        var load = new double[nodes.Count];
        var room = nodes.Select(node => node.Room).ToArray();
        var holders = shards.Select(_ => new List<int>()).ToArray();
        foreach (var shard in Enumerable.Range(0, shards.Count).OrderByDescending(shard => shards[shard].Load).ThenBy(shard => shard))
        {
            var stays = held(shard);
            foreach (var node in Enumerable.Range(0, nodes.Count).Where(node => stays.Contains(nodes[node].Number)))
            {
                Take(shard, node, replicas);
            }
        }

        for (var copy = 1; copy <= replicas; copy++)
        {
            foreach (var shard in Enumerable.Range(0, shards.Count).OrderByDescending(shard => shards[shard].Load).ThenBy(shard => shard))
            {
                if (Enumerable.Range(0, nodes.Count)
                    .Where(node => !holders[shard].Contains(nodes[node].Number) && room[node] >= shards[shard].Bytes)
                    .OrderBy(node => (load[node] + Share(shard)) / nodes[node].Rate)
                    .ThenBy(node => node)
                    .Cast<int?>()
                    .FirstOrDefault() is { } best)
                {
                    Take(shard, best, copy);
                }
            }
        }

        return [.. holders.Select(list => list.ToArray())];

        double Share(int shard) => shards[shard].Load / replicas;

        void Take(int shard, int node, int most)
        {
            if (holders[shard].Count < most && room[node] >= shards[shard].Bytes)
            {
                holders[shard].Add(nodes[node].Number);
                load[node] += Share(shard);
                room[node] -= shards[shard].Bytes;
            }
        }
    }

    private static int Copies(int[][] holders) => holders.Sum(list => list.Length);

    /// <summary>The largest load per rate of a node.</summary>
    private static double Peak(int[][] holders, IReadOnlyList<ShardLoad> shards, IReadOnlyList<Node> nodes) => nodes
        .Select(node => Enumerable.Range(0, shards.Count)
            .Where(shard => holders[shard].Contains(node.Number))
            .Sum(shard => shards[shard].Load / holders[shard].Length) / node.Rate)
        .DefaultIfEmpty()
        .Max();
}
