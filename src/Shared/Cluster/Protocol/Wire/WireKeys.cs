namespace MoR.Cluster.Protocol.Wire;

/// <summary>Keys of requests on the wire; their direction is said by the kind of message.</summary>
public static class WireKeys
{
    /// <summary>The key as it travels.</summary>
    public static Key ToWire(this RequestKey key) => new()
    {
        Epoch = key.Epoch,
        Step = key.Step,
        MicroBatch = key.MicroBatch,
        DispatchPoint = key.DispatchPoint,
        Shard = key.Shard,
    };

    /// <summary>The key of a request, whatever it holds.</summary>
    public static RequestKey ToRequestKey(this Key key, Direction direction) =>
        new(key.Epoch, key.Step, key.MicroBatch, key.DispatchPoint, key.Shard, direction);
}
