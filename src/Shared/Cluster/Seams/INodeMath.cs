using MoR.Cluster.Errors;
using MoR.Cluster.Protocol.Wire;

namespace MoR.Cluster.Seams;

/// <summary>What a node computes with: libtorch on a real one, an exact stand-in without it in the simulator.</summary>
public interface INodeMath
{
    /// <summary>What decides the bits of the answers.</summary>
    Machine Machine { get; }

    /// <summary>Multiply-adds of large products in a second, for placement.</summary>
    double ProductsPerSecond { get; }

    /// <summary>Where it computes.</summary>
    IMathExecutor Executor { get; }

    /// <summary>Where received tensors are put.</summary>
    IWireMemory Memory { get; }

    /// <summary>The mathematics of an adapter's shards.</summary>
    /// <exception cref="InputException">It cannot be computed here; the message says why.</exception>
    IAdapterMath Open(AdapterShape adapter);

    /// <summary>The mathematics of whole micro-batches, for a node with the role of a worker. Reads the backbone, which may take minutes.
    /// </summary>
    /// <exception cref="InputException">There is no such backbone here, or it is another one; the message says why.</exception>
    /// <exception cref="OperationCanceledException">It was told to stop.</exception>
    IWorkerMath OpenWorker(AdapterShape adapter, Replica replica, CancellationToken stop) => throw new InputException(
        "--role", "a worker needs a backbone, and this node has none", "Start it with --role expert.");
}
