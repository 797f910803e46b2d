using MoR.Torch.Native;
using MoR.Torch.Runtime;
using TorchSharp;

namespace MoR.Torch;

/// <summary>The kernels over libmor_native.so: one call and no tensor object per tile.</summary>
public sealed partial class LibtorchKernels : ITensorKernels
{
    private readonly PlainKernels _plain = new();

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
    public void AddLora(
        torch.Tensor delta_nO, torch.Tensor x_nI, torch.Tensor a_RI, torch.Tensor b_OR, in LoraRows rows, double scale)
    {
        if (!IsFused(x_nI))
        {
            _plain.AddLora(delta_nO, x_nI, a_RI, b_OR, rows, scale);
            return;
        }

        TorchException.ThrowIfAny(
            NativeMethods.mor_lora_forward(
                delta_nO.Safe, x_nI.Safe, a_RI.Safe, b_OR.Safe, rows.Input, rows.Output, rows.Gates_m.Safe, rows.Input.Length,
                (float)scale),
            nameof(AddLora), delta_nO, x_nI, a_RI, b_OR, rows.Gates_m);
    }

    /// <inheritdoc/>
    public (torch.Tensor DU_mR, torch.Tensor H_mR, torch.Tensor DGates_m) LoraBackward(
        torch.Tensor? dX_nI, torch.Tensor x_nI, torch.Tensor g_nO, torch.Tensor a_RI, torch.Tensor b_OR, in LoraRows rows,
        double scale)
    {
        if (!IsFused(x_nI))
        {
            return _plain.LoraBackward(dX_nI, x_nI, g_nO, a_RI, b_OR, rows, scale);
        }

        long count = rows.Input.Length, rank = a_RI.shape[0];
        var dU_mR = torch.empty(count, rank, x_nI.dtype);
        var h_mR = torch.empty(count, rank, x_nI.dtype);
        var dGates_m = torch.empty([count], x_nI.dtype);
        TorchException.ThrowIfAny(
            NativeMethods.mor_lora_backward(
                (dX_nI ?? dU_mR).Safe, NativeMethods.Flag(dX_nI is not null), dU_mR.Safe, h_mR.Safe, dGates_m.Safe, x_nI.Safe,
                g_nO.Safe, a_RI.Safe, b_OR.Safe, rows.Input, rows.InputGradient, rows.Output, rows.Gates_m.Safe, count, (float)scale),
            nameof(LoraBackward), x_nI, g_nO, a_RI, b_OR, rows.Gates_m);
        return (dU_mR, h_mR, dGates_m);
    }

    /// <inheritdoc/>
    public (torch.Tensor DA_RI, torch.Tensor DB_OR) LoraParameterGradients(
        torch.Tensor dU_mR, torch.Tensor h_mR, torch.Tensor x_nI, torch.Tensor g_nO, in LoraRows rows)
    {
        if (!IsFused(x_nI))
        {
            return _plain.LoraParameterGradients(dU_mR, h_mR, x_nI, g_nO, rows);
        }

        var dA_RI = torch.empty(dU_mR.shape[1], x_nI.shape[1], x_nI.dtype);
        var dB_OR = torch.empty(g_nO.shape[1], dU_mR.shape[1], x_nI.dtype);
        TorchException.ThrowIfAny(
            NativeMethods.mor_lora_parameters(
                dA_RI.Safe, dB_OR.Safe, dU_mR.Safe, h_mR.Safe, x_nI.Safe, g_nO.Safe, rows.Input, rows.Output,
                rows.Input.Length),
            nameof(LoraParameterGradients), dU_mR, h_mR, x_nI, g_nO);
        return (dA_RI, dB_OR);
    }

    /// <inheritdoc/>
    public void DropValues(torch.Tensor tensor) =>
        TorchException.ThrowIfAny(NativeMethods.mor_drop_values(tensor.Safe), nameof(DropValues), tensor);

    /// <inheritdoc/>
    public void TakeValues(torch.Tensor tensor, torch.Tensor values) =>
        TorchException.ThrowIfAny(NativeMethods.mor_take_values(tensor.Safe, values.Safe), nameof(TakeValues), tensor, values);

    /// <inheritdoc/>
    public torch.Tensor FromMemory(nint data, long[] shape, torch.ScalarType dtype)
    {
        TorchException.ThrowIfAny(
            NativeMethods.mor_from_memory(data, shape, shape.Length, (int)dtype, out var result), nameof(FromMemory));
        return new torch.Tensor(result);
    }

    /// <summary>The fused kernels are for float32 on the CPU.</summary>
    private static bool IsFused(torch.Tensor tensor) =>
        tensor.dtype == torch.ScalarType.Float32 && tensor.device.type == DeviceType.CPU;

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
