using MoR.Torch.Native;
using MoR.Torch.Runtime;
using TorchSharp;

namespace MoR.Torch;

/// <summary>The kernels over libmor_native.so: one call and no tensor object per tile.</summary>
public sealed class LibtorchKernels : ITensorKernels
{
    /// <inheritdoc/>
    public torch.Tensor MatMul(torch.Tensor a_MK, torch.Tensor b, bool transposeB, MathPool pool)
    {
        var product = Product.Of(a_MK, b, transposeB);
        var (rows, columns) = (product.Rows, product.Columns);
        var device = a_MK.device;
        var product_MN = torch.empty(rows, columns, a_MK.dtype, device);
        var transpose = NativeMethods.Flag(transposeB);
        if (product.Converts)
        {
            MultiplyConverted(product_MN, a_MK, b, transpose, device.type == DeviceType.CPU ? pool : null);
        }
        else if (device.type != DeviceType.CPU)
        {
            Multiply(product_MN, a_MK, b, 0, rows, transpose);
        }
        else
        {
            pool.For(RowTiles.Count(rows), tile =>
            {
                var (first, count) = RowTiles.Of(tile, rows);
                Multiply(product_MN, a_MK, b, first, count, transpose);
            });
        }

        return product_MN;
    }

    /// <inheritdoc/>
    public torch.Tensor FromMemory(nint data, long[] shape, torch.ScalarType dtype)
    {
        TorchException.ThrowIfAny(
            NativeMethods.mor_from_memory(data, shape, shape.Length, (int)dtype, out var result), nameof(FromMemory));
        return new torch.Tensor(result);
    }

    private static void MultiplyConverted(
        torch.Tensor product_MN, torch.Tensor a_MK, torch.Tensor b, int transpose, MathPool? pool)
    {
        var columns = product_MN.shape[1];
        if (pool is not null)
        {
            pool.For(ColumnTiles.Count(columns), MultiplyTile);
            return;
        }

        for (var tile = 0; tile < ColumnTiles.Count(columns); tile++)
        {
            MultiplyTile(tile);
        }

        void MultiplyTile(int tile)
        {
            var (first, count) = ColumnTiles.Of(tile, columns);
            TorchException.ThrowIfAny(
                NativeMethods.mor_mm_columns(product_MN.Safe, a_MK.Safe, b.Safe, first, count, transpose),
                nameof(MatMul),
                a_MK,
                b);
        }
    }

    private static void Multiply(
        torch.Tensor product_MN, torch.Tensor a_MK, torch.Tensor b, long first, long count, int transpose) =>
        TorchException.ThrowIfAny(
            NativeMethods.mor_mm_rows(product_MN.Safe, a_MK.Safe, b.Safe, first, count, transpose),
            nameof(MatMul),
            a_MK,
            b);
}
