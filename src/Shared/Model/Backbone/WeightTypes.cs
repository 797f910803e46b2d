using MoR.Model.Safetensors;
using static TorchSharp.torch;

namespace MoR.Model.Backbone;

/// <summary>What a backbone's tensors are kept in.</summary>
/// <param name="Compute">Type of norms, biases and activations: what the model computes in.</param>
/// <param name="Matrices">
/// Type of the embedding, the linears and the head. If it is another one, products convert it in tiles
/// (<see cref="MoR.Torch.ITensorKernels.MatMul"/>).
/// </param>
public readonly record struct WeightTypes(ScalarType Compute, ScalarType Matrices)
{
    /// <summary>Everything in one type.</summary>
    public static WeightTypes All(ScalarType dtype) => new(dtype, dtype);

    /// <summary>The type that a stored tensor is kept in.</summary>
    public ScalarType Of(TensorEntry entry) => entry.Shape.Length == 2 ? Matrices : Compute;
}
