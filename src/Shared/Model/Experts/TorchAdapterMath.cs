using MoR.Cluster.Protocol.Wire;
using MoR.Cluster.Seams;
using MoR.Model.Adapters;
using TorchSharp;
using static TorchSharp.torch;

namespace MoR.Model.Experts;

/// <summary>The shards of one adapter on a node.</summary>
internal sealed class TorchAdapterMath(AdapterLayout layout, ExpertCodec codec, Device device) : IAdapterMath
{
    /// <inheritdoc/>
    public IShardMath Load(int shard, long version, WireTensor block)
    {
        var shards = layout.Spec.Experts.Shards;
        if (shard < 0 || shard >= shards)
        {
            throw new WireFormatException(nameof(Publish), "shards", $"{shard}", $"one of the adapter's shards, 0 to {shards - 1}");
        }

        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var values = ((TorchWireTensor)block).Tensor;
        return new TorchShardMath(
            codec, new ShardBlock(layout, shard, version, device.type == DeviceType.CPU ? values.alias() : values.to(device)));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // What it loaded belongs to whoever asked for it.
    }
}
