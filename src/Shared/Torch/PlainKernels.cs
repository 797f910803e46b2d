using MoR.Torch.Runtime;
using TorchSharp;

namespace MoR.Torch;

/// <summary>The kernels in TorchSharp's API alone.</summary>
public sealed class PlainKernels : ITensorKernels
{
    // Large copies go in pieces that a span can hold.
    private const long PieceBytes = 1 << 30;

    /// <inheritdoc/>
    public torch.Tensor MatMul(torch.Tensor a_MK, torch.Tensor b, bool transposeB, MathPool pool)
    {
        var product = Product.Of(a_MK, b, transposeB);
        var (rows, columns) = (product.Rows, product.Columns);
        var device = a_MK.device;
        var product_MN = torch.empty(new[] { rows, columns }, a_MK.dtype, device);
        if (product.Converts)
        {
            for (var tile = 0; tile < ColumnTiles.Count(columns); tile++)
            {
                MultiplyConverted(product_MN, a_MK, b, tile, transposeB);
            }
        }
        else if (device.type != DeviceType.CPU)
        {
            MultiplyRows(product_MN, a_MK, b, 0, rows, transposeB);
        }
        else
        {
            pool.For(RowTiles.Count(rows), tile =>
            {
                var (first, count) = RowTiles.Of(tile, rows);
                MultiplyRows(product_MN, a_MK, b, first, count, transposeB);
            });
        }

        return product_MN;
    }

    /// <inheritdoc/>
    public torch.Tensor FromMemory(nint data, long[] shape, torch.ScalarType dtype)
    {
        var result = torch.empty(shape, dtype);
        using var scope = torch.NewDisposeScope();
        var flat = result.flatten();
        var width = ScalarTypes.SizeInBytes(dtype);
        var total = flat.numel();
        for (var first = 0L; first < total; first += PieceBytes / width)
        {
            var piece = flat.narrow(0, first, Math.Min(PieceBytes / width, total - first)).bytes;
            unsafe
            {
                new ReadOnlySpan<byte>((byte*)data + (first * width), piece.Length).CopyTo(piece);
            }
        }

        return result;
    }

    private static void MultiplyRows(
        torch.Tensor product_MN, torch.Tensor a_MK, torch.Tensor b, long first, long count, bool transposeB)
    {
        using var unrecorded = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        var right = transposeB ? b.t() : b;
        product_MN.narrow(0, first, count).copy_(a_MK.narrow(0, first, count).mm(right));
    }

    private static void MultiplyConverted(
        torch.Tensor product_MN, torch.Tensor a_MK, torch.Tensor b, int tile, bool transposeB)
    {
        using var unrecorded = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        var (first, count) = ColumnTiles.Of(tile, product_MN.shape[1]);
        var part = b.narrow(transposeB ? 0 : 1, first, count).to(a_MK.dtype);
        product_MN.narrow(1, first, count).copy_(a_MK.mm(transposeB ? part.t() : part));
    }
}
