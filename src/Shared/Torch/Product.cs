using TorchSharp;

namespace MoR.Torch;

/// <summary>A product a·b or a·bᵀ that exists.</summary>
/// <param name="Rows">Rows of the result.</param>
/// <param name="Columns">Its columns.</param>
/// <param name="Converts">Whether b has a smaller type than a and is converted tile by tile.</param>
internal readonly record struct Product(long Rows, long Columns, bool Converts)
{
    /// <summary>The product of two tensors.</summary>
    /// <exception cref="ArgumentException">Shapes or types do not fit.</exception>
    internal static Product Of(torch.Tensor a_MK, torch.Tensor b, bool transposeB)
    {
        long[] a = a_MK.shape, weights = b.shape;
        var inner = transposeB ? 1 : 0;
        var converts = a_MK.dtype != b.dtype;
        var fits = a.Length == 2 && weights.Length == 2 && a[1] == weights[inner];
        if (!fits || a_MK.dtype is not (torch.ScalarType.Float32 or torch.ScalarType.Float64) || (converts && !IsHalf(b.dtype)))
        {
            throw new ArgumentException(
                $"MatMul: {TensorText.Describe(a_MK)} times {TensorText.Describe(b)}"
                + $"{(transposeB ? " transposed" : "")} is not a product; the inner sizes must be equal, the left side "
                + "float32 or float64, and the right side of its dtype, float16 or bfloat16");
        }

        return new Product(a[0], weights[1 - inner], converts);
    }

    private static bool IsHalf(torch.ScalarType type) => type is torch.ScalarType.BFloat16 or torch.ScalarType.Float16;
}
