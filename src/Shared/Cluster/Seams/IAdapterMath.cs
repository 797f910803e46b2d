using MoR.Cluster.Protocol.Wire;

namespace MoR.Cluster.Seams;

/// <summary>The mathematics of one adapter's shards.</summary>
public interface IAdapterMath : IDisposable
{
    /// <summary>Makes one shard's parameters ready to compute with. Called on the executor.</summary>
    /// <param name="shard">The shard, from 0.</param>
    /// <param name="version">The step whose commit made the parameters.</param>
    /// <param name="block">Its part of the flat vector, f32; stays as it is until the result is disposed of.</param>
    IShardMath Load(int shard, long version, WireTensor block);
}
