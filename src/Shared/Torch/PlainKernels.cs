using MoR.Torch.Runtime;
using TorchSharp;

namespace MoR.Torch;

/// <summary>The kernels in TorchSharp's API alone.</summary>
public sealed partial class PlainKernels : ITensorKernels
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
    public void AddLora(
        torch.Tensor delta_nO, torch.Tensor x_nI, torch.Tensor a_RI, torch.Tensor b_OR, in LoraRows rows, double scale)
    {
        using var unrecorded = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        var x_mI = x_nI.index_select(0, Index(rows.Input, x_nI));
        var h_mR = x_mI.mm(a_RI.t()) * (rows.Gates_m.unsqueeze(1) * scale);
        delta_nO.index_add_(0, Index(rows.Output, delta_nO), h_mR.mm(b_OR.t()), 1);
    }

    /// <inheritdoc/>
    public (torch.Tensor DU_mR, torch.Tensor H_mR, torch.Tensor DGates_m) LoraBackward(
        torch.Tensor? dX_nI, torch.Tensor x_nI, torch.Tensor g_nO, torch.Tensor a_RI, torch.Tensor b_OR, in LoraRows rows,
        double scale)
    {
        using var unrecorded = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        var u_mR = x_nI.index_select(0, Index(rows.Input, x_nI)).mm(a_RI.t());
        var dH_mR = g_nO.index_select(0, Index(rows.Output, g_nO)).mm(b_OR);
        var factor_m1 = rows.Gates_m.unsqueeze(1) * scale;
        var dU_mR = dH_mR * factor_m1;
        dX_nI?.index_add_(0, Index(rows.InputGradient, x_nI), dU_mR.mm(a_RI), 1);
        return (
            dU_mR.MoveToOuterDisposeScope(),
            (u_mR * factor_m1).MoveToOuterDisposeScope(),
            ((dH_mR * u_mR).sum([1]) * scale).MoveToOuterDisposeScope());
    }

    /// <inheritdoc/>
    public (torch.Tensor DA_RI, torch.Tensor DB_OR) LoraParameterGradients(
        torch.Tensor dU_mR, torch.Tensor h_mR, torch.Tensor x_nI, torch.Tensor g_nO, in LoraRows rows)
    {
        using var unrecorded = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        var x_mI = x_nI.index_select(0, Index(rows.Input, x_nI));
        var g_mO = g_nO.index_select(0, Index(rows.Output, g_nO));
        return (dU_mR.t().mm(x_mI).MoveToOuterDisposeScope(), g_mO.t().mm(h_mR).MoveToOuterDisposeScope());
    }

    /// <inheritdoc/>
    public void DropValues(torch.Tensor tensor)
    {
    }

    /// <inheritdoc/>
    public void TakeValues(torch.Tensor tensor, torch.Tensor values)
    {
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

    private static torch.Tensor Index(long[] rows, torch.Tensor like) => torch.tensor(rows).to(like.device);

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
