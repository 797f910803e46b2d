using MoR.Cluster.Errors;
using MoR.Cluster.Framing;
using MoR.Cluster.Links;

namespace MoR.Coordinator.Cluster;

/// <summary>Whether an adapter can be published to nodes at all: a shard is one tensor, and a worker's model one message.</summary>
internal static class PublishedSizes
{
    /// <summary>Refuses shards that no message can carry.</summary>
    /// <param name="shardBytes">Bytes of each shard's parameters.</param>
    /// <param name="link">What a link allows.</param>
    /// <exception cref="InputException">One is too large.</exception>
    public static void RequireShards(IReadOnlyList<long> shardBytes, LinkOptions link)
    {
        var (most, largest) = (MostOf(link), shardBytes.Max());
        if (largest > most)
        {
            throw new InputException(
                "experts.shards",
                $"shard {shardBytes.IndexOf(largest)} of {shardBytes.Count} has {largest:N0} bytes of parameters, and nodes are sent at "
                + $"most {most:N0} of a shard",
                $"Set it to at least {DivideUp(shardBytes.Sum(), most)}, so that each shard has fewer experts.");
        }
    }

    /// <summary>Why no node can be a worker; null if they can.</summary>
    /// <param name="routerBytes">Bytes of the routers' parameters.</param>
    /// <param name="shardBytes">Bytes of each shard's.</param>
    /// <param name="stateBytes">Bytes of the routers' state.</param>
    /// <param name="link">What a link allows.</param>
    public static string? WorkerProblem(long routerBytes, IReadOnlyList<long> shardBytes, long stateBytes, LinkOptions link)
    {
        var all = routerBytes + shardBytes.Sum() + stateBytes;
        return all > link.MostMessageBytes
            ? $"the adapter's {all:N0} bytes are more than the {link.MostMessageBytes:N0} that a worker is sent at once"
            : routerBytes > MostOf(link)
                ? $"the routers' {routerBytes:N0} bytes are more than the {MostOf(link):N0} of one tensor"
                : null;
    }

    private static long MostOf(LinkOptions link) => Math.Min(FrameLimits.MostTensorBytes, link.MostMessageBytes);

    private static long DivideUp(long value, long by) => (value + by - 1) / by;

    private static int IndexOf(this IReadOnlyList<long> values, long value) =>
        Enumerable.Range(0, values.Count).First(index => values[index] == value);
}
