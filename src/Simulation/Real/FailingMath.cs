using MoR.Cluster.Protocol.Wire;
using MoR.Cluster.Seams;
using MoR.Simulation.Worlds;

namespace MoR.Simulation.Real;

/// <summary>A node's true mathematics, on a device that fails when the world wants it to.</summary>
internal sealed class FailingMath(INodeMath math, Func<bool> fails) : INodeMath
{
    /// <inheritdoc/>
    public Machine Machine => math.Machine;

    /// <inheritdoc/>
    public double ProductsPerSecond => math.ProductsPerSecond;

    /// <inheritdoc/>
    public IMathExecutor Executor => math.Executor;

    /// <inheritdoc/>
    public IWireMemory Memory => math.Memory;

    /// <inheritdoc/>
    public IAdapterMath Open(AdapterShape adapter) => new Adapter(math.Open(adapter), fails);

    /// <inheritdoc/>
    public IWorkerMath OpenWorker(AdapterShape adapter, Replica replica, CancellationToken stop) =>
        new Worker(math.OpenWorker(adapter, replica, stop), fails);

    private sealed class Worker(IWorkerMath worker, Func<bool> fails) : IWorkerMath
    {
        public Task LoadAsync(WireMessage model) => worker.LoadAsync(model);

        public Task<WireMessage> TrainAsync(WireMessage microBatch, CancellationToken cancel) =>
            fails() ? throw new DeviceException() : worker.TrainAsync(microBatch, cancel);

        public void Dispose() => worker.Dispose();
    }

    private sealed class Adapter(IAdapterMath adapter, Func<bool> fails) : IAdapterMath
    {
        public IShardMath Load(int shard, long version, WireTensor block) => new Shard(adapter.Load(shard, version, block), fails);

        public void Dispose() => adapter.Dispose();
    }

    private sealed class Shard(IShardMath shard, Func<bool> fails) : IShardMath
    {
        public WireMessage Forward(WireMessage request) => fails() ? throw new DeviceException() : shard.Forward(request);

        public IBackwardWork Backward(WireMessage request, WireMessage? forward) =>
            fails() ? throw new DeviceException() : shard.Backward(request, forward);

        public void Dispose() => shard.Dispose();
    }
}
