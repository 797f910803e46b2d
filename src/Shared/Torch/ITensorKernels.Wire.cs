using TorchSharp;

namespace MoR.Torch;

/// <content>
/// Rows that travel. Both implementations give the same bits, but for those of a NaN, and none is recorded by autograd.
/// <para>bf16: each value to the nearest bfloat16, of two equally near to the even one.</para>
/// <para>int8: a row's scale is max |x| / 127 in float32, and each value becomes its nearest whole multiple, of two equally near
/// the even one, from -127 to 127. A scale that would be no normal number (a row of zeros, or of values below 1.5e-36) is 0. A row
/// with a NaN or an infinity becomes NaN as a whole, so that nothing non-finite passes for a number.</para>
/// </content>
public partial interface ITensorKernels
{
    /// <summary>Bytes before the values of a row of int8: its scale, float32.</summary>
    const int ScaleBytes = sizeof(float);

    /// <summary>Rows as they travel: float32 or float64 as they are, bfloat16, or bytes, [n, 4 + width].</summary>
    /// <param name="x_nW">[any, width], float32 or float64.</param>
    /// <param name="rows">Which of its rows; all, in order, if null.</param>
    /// <param name="wire">How they are rounded.</param>
    /// <returns>A tensor on the CPU with memory of its own, owned by the caller's dispose scope.</returns>
    torch.Tensor EncodeRows(torch.Tensor x_nW, long[]? rows, WireType wire);

    /// <summary>Rows as they are computed with, from what travelled.</summary>
    /// <param name="encoded">What <see cref="EncodeRows"/> gave.</param>
    /// <param name="wire">How they were rounded.</param>
    /// <returns>[n, width] on the CPU, owned by the caller's dispose scope: float32, or what travelled if that was not rounded.
    /// </returns>
    torch.Tensor DecodeRows(torch.Tensor encoded, WireType wire);

    /// <summary>What would arrive if rows travelled.</summary>
    /// <param name="to_nW">Takes it; [n, width]. It may be <paramref name="x_nW"/> itself, if all rows are meant.</param>
    /// <param name="x_nW">[any, width], of the same type and device.</param>
    /// <param name="rows">Which of its rows; all, in order, if null.</param>
    /// <param name="wire">How they are rounded.</param>
    void RoundRows(torch.Tensor to_nW, torch.Tensor x_nW, long[]? rows, WireType wire);
}
