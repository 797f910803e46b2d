using MoR.Model.Safetensors;
using MoR.Model.Tensors;
using MoR.Torch;
using static TorchSharp.torch;

namespace MoR.Model.Backbone;

/// <summary>What a backbone's tensors are kept in.</summary>
/// <param name="Compute">Type of norms, biases and activations: what the model computes in.</param>
/// <param name="Matrices">
/// Type of the embedding, the linears and the head; those that are stored in another type of the same width stay as they are,
/// so that nothing is lost. If it is narrower than <paramref name="Compute"/>, products convert it in tiles
/// (<see cref="MoR.Torch.ITensorKernels.MatMul"/>).
/// </param>
public readonly record struct WeightTypes(ScalarType Compute, ScalarType Matrices)
{
    /// <summary>Everything in one type.</summary>
    public static WeightTypes All(ScalarType dtype) => new(dtype, dtype);

    /// <summary>The type that a stored tensor is kept in.</summary>
    public ScalarType Of(TensorEntry entry)
    {
        var wanted = entry.Shape.Length == 2 ? Matrices : Compute;
        return entry.Dtype.Bits() == 8 * ScalarTypes.SizeInBytes(wanted) ? SafetensorsTensors.TypeOf(entry.Dtype) : wanted;
    }
}
