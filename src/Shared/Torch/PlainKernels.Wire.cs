using System.Runtime.InteropServices;
using TorchSharp;

namespace MoR.Torch;

public sealed partial class PlainKernels
{
    private const double SmallestNormal = 1.17549435e-38;

    /// <inheritdoc/>
    public torch.Tensor EncodeRows(torch.Tensor x_nW, long[]? rows, WireType wire)
    {
        using var unrecorded = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        var chosen = rows is null ? x_nW.detach() : x_nW.index_select(0, Index(rows, x_nW));
        var encoded = wire switch
        {
            WireType.Bf16 => chosen.to(torch.float32).to(torch.bfloat16),
            WireType.Int8 => Packed(Multiples(chosen)),
            _ => chosen,
        };
        var own = encoded.cpu().contiguous();
        return (rows is null && wire == WireType.F32 ? own.clone() : own).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public torch.Tensor DecodeRows(torch.Tensor encoded, WireType wire)
    {
        using var scope = torch.NewDisposeScope();
        var rows = wire switch
        {
            WireType.Bf16 => encoded.to(torch.float32),
            WireType.Int8 => Unpacked(encoded),
            _ => encoded.alias(),
        };
        return rows.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void RoundRows(torch.Tensor to_nW, torch.Tensor x_nW, long[]? rows, WireType wire)
    {
        using var unrecorded = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        var chosen = rows is null ? x_nW.detach() : x_nW.index_select(0, Index(rows, x_nW));
        switch (wire)
        {
            case WireType.Bf16:
                to_nW.copy_(chosen.to(torch.float32).to(torch.bfloat16));
                break;
            case WireType.Int8:
                var (scale_n1, multiples_nW) = Multiples(chosen);
                to_nW.copy_(multiples_nW * scale_n1);
                break;
            default:
                to_nW.copy_(chosen);
                break;
        }
    }

    /// <summary>Scales [n, 1], and whole multiples of them [n, width] without negative zeros; float32.</summary>
    private static (torch.Tensor Scale_n1, torch.Tensor Multiples_nW) Multiples(torch.Tensor x_nW)
    {
        var x = x_nW.to(torch.float32);
        var most_n1 = x.shape[1] == 0 ? torch.zeros(x.shape[0], 1, x.dtype, x.device) : x.abs().amax([1], keepdim: true);
        var scale_n1 = most_n1 / torch.zeros_like(most_n1).fill_(127); // by a number, CUDA would multiply by 1 / 127
        var isNumber_n1 = most_n1.isfinite();
        var counts_n1 = isNumber_n1.logical_and(scale_n1.ge(SmallestNormal));
        var divisor_n1 = scale_n1.masked_fill(counts_n1.logical_not(), 1);
        var multiples_nW = (x / divisor_n1).round().masked_fill(counts_n1.logical_not(), 0) + 0.0;
        return (
            scale_n1.masked_fill(counts_n1.logical_not(), 0).masked_fill(isNumber_n1.logical_not(), double.NaN), multiples_nW);
    }

    private static torch.Tensor Packed((torch.Tensor Scale_n1, torch.Tensor Multiples_nW) rows)
    {
        var (count, width) = ((int)rows.Multiples_nW.shape[0], (int)rows.Multiples_nW.shape[1]);
        var packed = torch.empty([count, width + ITensorKernels.ScaleBytes], torch.uint8);
        using var scales = rows.Scale_n1.cpu().contiguous();
        using var multiples = rows.Multiples_nW.to(torch.int8).cpu().contiguous();
        for (var row = 0; row < count; row++)
        {
            var to = packed.bytes.Slice(row * (width + ITensorKernels.ScaleBytes), width + ITensorKernels.ScaleBytes);
            scales.bytes.Slice(row * sizeof(float), sizeof(float)).CopyTo(to);
            multiples.bytes.Slice(row * width, width).CopyTo(to[ITensorKernels.ScaleBytes..]);
        }

        return packed;
    }

    private static torch.Tensor Unpacked(torch.Tensor packed)
    {
        var (count, width) = ((int)packed.shape[0], (int)packed.shape[1] - ITensorKernels.ScaleBytes);
        var rows = torch.empty([count, width], torch.float32);
        for (var row = 0; row < count; row++)
        {
            var from = packed.bytes.Slice(row * (width + ITensorKernels.ScaleBytes), width + ITensorKernels.ScaleBytes);
            var scale = MemoryMarshal.Read<float>(from);
            var values = MemoryMarshal.Cast<byte, sbyte>(from[ITensorKernels.ScaleBytes..]);
            var to = MemoryMarshal.Cast<byte, float>(rows.bytes.Slice(row * width * sizeof(float), width * sizeof(float)));
            for (var i = 0; i < width; i++)
            {
                to[i] = values[i] * scale;
            }
        }

        return rows;
    }
}
