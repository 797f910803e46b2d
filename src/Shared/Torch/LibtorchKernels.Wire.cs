using MoR.Torch.Native;
using TorchSharp;

namespace MoR.Torch;

public sealed partial class LibtorchKernels
{
    /// <inheritdoc/>
    public torch.Tensor EncodeRows(torch.Tensor x_nW, long[]? rows, WireType wire)
    {
        if (!IsFused(x_nW))
        {
            return _plain.EncodeRows(x_nW, rows, wire);
        }

        var shape = x_nW.shape;
        var (count, width) = (rows?.Length ?? shape[0], shape[1]);
        var encoded = wire switch
        {
            WireType.Bf16 => torch.empty(count, width, torch.bfloat16),
            WireType.Int8 => torch.empty(count, width + ITensorKernels.ScaleBytes, torch.uint8),
            _ => torch.empty(count, width, torch.float32),
        };
        TorchException.ThrowIfAny(
            NativeMethods.mor_wire_encode(encoded.Safe, x_nW.Safe, rows, count, (int)wire), nameof(EncodeRows), x_nW);
        return encoded;
    }

    /// <inheritdoc/>
    public torch.Tensor DecodeRows(torch.Tensor encoded, WireType wire)
    {
        if (wire == WireType.F32)
        {
            return _plain.DecodeRows(encoded, wire);
        }

        var shape = encoded.shape;
        var rows = torch.empty(shape[0], shape[1] - (wire == WireType.Int8 ? ITensorKernels.ScaleBytes : 0), torch.float32);
        TorchException.ThrowIfAny(
            NativeMethods.mor_wire_decode(rows.Safe, encoded.Safe, (int)wire), nameof(DecodeRows), encoded);
        return rows;
    }

    /// <inheritdoc/>
    public void RoundRows(torch.Tensor to_nW, torch.Tensor x_nW, long[]? rows, WireType wire)
    {
        if (!IsFused(x_nW))
        {
            _plain.RoundRows(to_nW, x_nW, rows, wire);
            return;
        }

        TorchException.ThrowIfAny(
            NativeMethods.mor_wire_round(to_nW.Safe, x_nW.Safe, rows, rows?.Length ?? x_nW.shape[0], (int)wire),
            nameof(RoundRows), to_nW, x_nW);
    }
}
