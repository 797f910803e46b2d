namespace MoR.Cluster.Protocol.Wire;

/// <summary>Where received tensors are put: memory of tensors, so that nothing is copied again.</summary>
public interface IWireMemory
{
    /// <summary>Room for a tensor; its bytes are whatever they are.</summary>
    WireTensor Allocate(ElementType type, IReadOnlyList<long> shape);
}
