using MoR.Cluster.Protocol;
using MoR.Cluster.Protocol.Wire;

namespace MoR.ExpertNode.Tests;

/// <summary>What a coordinator of epoch 5 sends. Tensors are of four values each.</summary>
internal static class Messages
{
    public const long Epoch = 5;

    /// <summary>Bytes of one tensor.</summary>
    public const int Bytes = 16;

    public static Key Key(int shard = 0, int microBatch = 0, long epoch = Epoch, long step = 1) =>
        new() { Epoch = epoch, Step = step, MicroBatch = microBatch, DispatchPoint = 2, Shard = shard };

    public static WireMessage Publish(long version, params int[] shards) => Publish(Epoch, version, shards);

    public static WireMessage Publish(long epoch, long version, int[] shards) => new(
        new Envelope { Publish = new Publish { Epoch = epoch, Version = version, Shards = { shards } } },
        [.. shards.Select(shard => Tensor(version + shard))]);

    public static WireMessage Revoke(params int[] shards) =>
        new(new Envelope { Revoke = new Revoke { Epoch = Epoch, Shards = { shards } } });

    public static WireMessage Forward(Key key, long version = 7, bool keep = true, int attempt = 1, float value = 1) => new(
        new Envelope { Forward = new Forward { Key = key, Version = version, Keep = keep, Attempt = attempt } }, Tensor(value));

    public static WireMessage Backward(Key key, long version = 7, bool carriesForward = false, int attempt = 1, float value = 1) => new(
        new Envelope
        {
            Backward = new Backward { Key = key, Version = version, CarriesForward = carriesForward, Attempt = attempt },
        },
        carriesForward ? [Tensor(value), Tensor(value)] : [Tensor(value)]);

    public static WireMessage PublishModel(long version, float? value = null) => new(
        new Envelope { PublishModel = new PublishModel { Epoch = Epoch, Version = version } }, Tensor(value ?? version));

    public static WireMessage MicroBatch(int position, long version = 7, int attempt = 1, float value = 1) => new(
        new Envelope
        {
            MicroBatch = new MicroBatch
            {
                Key = RequestKey.OfMicroBatch(Epoch, version + 1, position).ToWire(),
                Version = version,
                Attempt = attempt,
            },
        },
        Tensor(value));

    public static WireMessage LeaveGranted() => new(new Envelope { LeaveGranted = new LeaveGranted() });

    public static WireMessage RunEnded(string outcome) => new(new Envelope { RunEnded = new RunEnded { Outcome = outcome } });

    public static WireTensor Tensor(float value)
    {
        var tensor = new CountedTensor();
        System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(tensor.Bytes.Span).Fill(value);
        return tensor;
    }

    public static float ValueOf(WireTensor tensor) =>
        System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(tensor.Bytes.Span)[0];
}
