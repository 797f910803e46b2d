using TorchSharp;

namespace MoR.Torch;

/// <summary>How a large product is cut: a constant number of rows per tile, whatever the number of threads.</summary>
internal static class RowTiles
{
    /// <summary>Rows per tile. Another value is another numerics: some shapes round differently.</summary>
    internal const int Rows = 128;

    /// <summary>Tiles of a product with this many rows.</summary>
    internal static int Count(long rows) => checked((int)((rows + Rows - 1) / Rows));

    /// <summary>First row and number of rows of one tile.</summary>
    internal static (long First, long Count) Of(int tile, long rows)
    {
        var first = (long)tile * Rows;
        return (first, Math.Min(Rows, rows - first));
    }

    /// <summary>Rows and columns of the product, after checking that it exists.</summary>
    internal static (long Rows, long Columns) Product(torch.Tensor a_MK, torch.Tensor b, bool transposeB)
    {
        long[] a = a_MK.shape, weights = b.shape;
        var inner = transposeB ? 1 : 0;
        if (a.Length != 2 || weights.Length != 2 || a[1] != weights[inner] || a_MK.dtype != b.dtype)
        {
            throw new ArgumentException(
                $"MatMul: {TensorText.Describe(a_MK)} times {TensorText.Describe(b)}"
                + $"{(transposeB ? " transposed" : "")} is not a product; the inner sizes and dtypes must be equal");
        }

        return (a[0], weights[1 - inner]);
    }
}
