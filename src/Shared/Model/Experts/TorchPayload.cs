using MoR.Cluster.Protocol;
using static TorchSharp.torch;

namespace MoR.Model.Experts;

/// <summary>A payload that is a tensor in this process; owns it.</summary>
public sealed class TorchPayload : TensorPayload
{
    /// <summary>Takes ownership of <paramref name="tensor"/>, out of any dispose scope.</summary>
    public TorchPayload(Tensor tensor) => Tensor = tensor.DetachFromDisposeScope();

    /// <summary>The tensor.</summary>
    public Tensor Tensor { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<long> Shape => Tensor.shape;

    /// <inheritdoc/>
    public override long Bytes => Tensor.numel() * Tensor.element_size();

    /// <summary>The tensor of a payload made in this process.</summary>
    public static Tensor Of(TensorPayload payload) => ((TorchPayload)payload).Tensor;

    /// <inheritdoc/>
    protected override void Dispose(bool disposing) => Tensor.Dispose();
}
