using TorchSharp;

namespace MoR.Torch;

/// <summary>How messages name a tensor.</summary>
internal static class TensorText
{
    /// <summary>Shape and dtype, <c>[3, 4] Float32</c>.</summary>
    internal static string Describe(torch.Tensor tensor) =>
        tensor.IsInvalid ? "disposed" : $"[{string.Join(", ", tensor.shape)}] {tensor.dtype}";
}
