using MoR.Cluster.Protocol.Wire;

namespace MoR.Model.Experts;

/// <summary>Received tensors are torch tensors at once.</summary>
public sealed class TorchWireMemory : IWireMemory
{
    /// <inheritdoc/>
    public WireTensor Allocate(ElementType type, IReadOnlyList<long> shape) => TorchWireTensor.Allocate(type, shape);
}
