namespace MoR.Cluster.Membership;

/// <summary>What nodes and shards had to do over some time, and what happened meanwhile.</summary>
public sealed record ClusterLoad
{
    /// <summary>By the node's name.</summary>
    public IReadOnlyDictionary<string, Traffic> Nodes { get; init; } = new SortedDictionary<string, Traffic>(StringComparer.Ordinal);

    /// <summary>By shard.</summary>
    public IReadOnlyDictionary<int, Traffic> Shards { get; init; } = new SortedDictionary<int, Traffic>();

    /// <summary>See <see cref="ClusterCounters.Retries"/>.</summary>
    public long Retries { get; init; }

    /// <summary>See <see cref="ClusterCounters.Hedges"/>.</summary>
    public long Hedges { get; init; }

    /// <summary>See <see cref="ClusterCounters.Duplicates"/>.</summary>
    public long Duplicates { get; init; }

    /// <summary>See <see cref="ClusterCounters.Moves"/>.</summary>
    public long Moves { get; init; }

    /// <summary>This and what came after it.</summary>
    public ClusterLoad Plus(ClusterLoad later) => new()
    {
        Nodes = Sum(Nodes, later.Nodes, StringComparer.Ordinal),
        Shards = Sum(Shards, later.Shards, Comparer<int>.Default),
        Retries = Retries + later.Retries,
        Hedges = Hedges + later.Hedges,
        Duplicates = Duplicates + later.Duplicates,
        Moves = Moves + later.Moves,
    };

    private static SortedDictionary<TKey, Traffic> Sum<TKey>(
        IReadOnlyDictionary<TKey, Traffic> one, IReadOnlyDictionary<TKey, Traffic> other, IComparer<TKey> order)
        where TKey : notnull
    {
        var sum = new SortedDictionary<TKey, Traffic>(order);
        foreach (var (key, traffic) in one.Concat(other))
        {
            sum[key] = sum.TryGetValue(key, out var so) ? so.Plus(traffic) : traffic;
        }

        return sum;
    }
}
