using MoR.Cluster.Protocol;

namespace MoR.Cluster.Membership;

/// <summary>Requests in the order of a step: nothing may depend on the order of a hash table.</summary>
internal sealed class RequestOrder : IComparer<RequestKey>
{
    public static RequestOrder Instance { get; } = new();

    public int Compare(RequestKey x, RequestKey y) => Tuple(x).CompareTo(Tuple(y));

    private static (long, long, int, Direction, int, int) Tuple(RequestKey key) =>
        (key.Epoch, key.Step, key.MicroBatch, key.Direction, key.DispatchPoint, key.Shard);
}
