using MoR.Cluster.Protocol.Wire;
using MoR.Cluster.Seams;
using MoR.ExpertNode.Core;

namespace MoR.ExpertNode.Shards;

/// <summary>
/// One shard's parameters as they were sent, which survive its mathematics: when that throws, it is made again from here. For its
/// actor only.
/// </summary>
internal sealed class ShardSlot(int shard, IAdapterMath math, IMathExecutor executor) : IDisposable
{
    private (SharedMessage Publish, WireTensor Block, long Version)? _sent;
    private IShardMath? _ready;

    /// <summary>Takes new parameters in place of the old.</summary>
    public async ValueTask LoadAsync(LoadShard load)
    {
        Dispose();
        _sent = (load.Publish.Share(), load.Publish.Message.Tensors[load.Position], load.Version);
        await MathAsync();
    }

    /// <summary>The mathematics, made of the parameters if it is not there.</summary>
    public async ValueTask<IShardMath> MathAsync()
    {
        if (_ready is null)
        {
            var (_, block, version) = _sent ?? throw new InvalidOperationException($"shard {shard} has no parameters");
            _ready = await executor.RunAsync(() => math.Load(shard, version, block));
        }

        return _ready;
    }

    /// <summary>Drops the mathematics, which threw; the parameters stay.</summary>
    public void Forget()
    {
        _ready?.Dispose();
        _ready = null;
    }

    /// <summary>Drops both.</summary>
    public void Dispose()
    {
        Forget();
        _sent?.Publish.Dispose();
        _sent = null;
    }
}
