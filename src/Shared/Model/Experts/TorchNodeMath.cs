using MoR.Cluster.Errors;
using MoR.Cluster.Protocol.Wire;
using MoR.Cluster.Seams;
using MoR.Model.Workers;
using static TorchSharp.torch;

namespace MoR.Model.Experts;

/// <summary>What a node computes with: libtorch, in float32.</summary>
/// <param name="executor">Where it computes.</param>
/// <param name="device">The device.</param>
/// <param name="machine">What decides the bits.</param>
/// <param name="productsPerSecond">Multiply-adds of large products in a second.</param>
/// <param name="backbone">Where a worker's backbone comes from; null for an expert node.</param>
public sealed class TorchNodeMath(
    IMathExecutor executor, Device device, Machine machine, double productsPerSecond, BackboneReplica? backbone = null) : INodeMath
{
    /// <inheritdoc/>
    public Machine Machine => machine;

    /// <inheritdoc/>
    public double ProductsPerSecond => productsPerSecond;

    /// <inheritdoc/>
    public IMathExecutor Executor => executor;

    /// <inheritdoc/>
    public IWireMemory Memory { get; } = new TorchWireMemory();

    /// <inheritdoc/>
    public IAdapterMath Open(AdapterShape adapter)
    {
        var (layout, wire) = Read(() => AdapterShapes.Read(adapter));
        return new TorchAdapterMath(layout, new ExpertCodec(layout, wire, ScalarType.Float32, device), device);
    }

    /// <inheritdoc/>
    public IWorkerMath OpenWorker(AdapterShape adapter, Replica replica, CancellationToken stop)
    {
        if (backbone is null)
        {
            throw new InputException("--role", "this node has no backbone", "Start it with --role worker.");
        }

        var (layout, wire, types) = Read(() => Replicas.Read(adapter, replica));
        var loaded = backbone.Load(layout.Config, replica, types, stop);
        return new TorchWorkerMath(layout, wire, replica.Recompute, loaded, executor, backbone.Pool);
    }

    private static T Read<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (WireFormatException cause)
        {
            throw new InputException(
                "the coordinator's run", $"cannot be computed by this build ({cause.Message.TrimEnd('.')})",
                "Run the coordinator's build of mor on every node.", cause);
        }
    }
}
