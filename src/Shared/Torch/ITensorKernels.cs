using MoR.Torch.Runtime;
using TorchSharp;

namespace MoR.Torch;

/// <summary>
/// What goes beyond TorchSharp's API. Implementations agree bit for bit on the same machine, but for the fused parts,
/// where the plain versions sum in another order; the pool's number of threads never changes a bit.
/// </summary>
public partial interface ITensorKernels
{
    /// <summary>
    /// a·b, or a·bᵀ, not recorded by autograd. On the CPU in tiles of <see cref="RowTiles.Rows"/> rows of a, each one
    /// single-threaded product, side by side on the pool; on CUDA one product. If b is kept in a smaller type, it is cut
    /// instead, into tiles of <see cref="ColumnTiles.Columns"/> columns of the result: each converts its part of b to a's
    /// type, which is exact, and multiplies a by it.
    /// </summary>
    /// <param name="a_MK">[M, K], float32 or float64: in smaller types libtorch also sums in them, where a processor has no
    /// instructions for their products.</param>
    /// <param name="b">[K, N], or [N, K] when transposed; on a's device and of its dtype, float16 or bfloat16.</param>
    /// <param name="transposeB">Whether b's rows are the result's columns, as in a linear layer's weight.</param>
    /// <param name="pool">Threads that share the tiles.</param>
    /// <returns>[M, N], owned by the caller's dispose scope.</returns>
    /// <exception cref="ArgumentException">The shapes or types do not fit.</exception>
    torch.Tensor MatMul(torch.Tensor a_MK, torch.Tensor b, bool transposeB, MathPool pool);

    /// <summary>
    /// delta[output rows] += scale · gate · B A x[input rows]: what one LoRA expert adds, each row on its own, so that other
    /// rows never change a bit. Not recorded by autograd. This and the two below are fused.
    /// </summary>
    /// <param name="delta_nO">[rows, out], added to.</param>
    /// <param name="x_nI">[rows, in].</param>
    /// <param name="a_RI">A; [rank, in].</param>
    /// <param name="b_OR">B; [out, rank].</param>
    /// <param name="rows">Which rows, m of them.</param>
    /// <param name="scale">α / rank.</param>
    void AddLora(
        torch.Tensor delta_nO, torch.Tensor x_nI, torch.Tensor a_RI, torch.Tensor b_OR, in LoraRows rows, double scale);

    /// <summary>
    /// The critical half of its backward pass. With G the gradient of delta's rows: U = x Aᵀ, dH = G B, then dU = scale · gate ·
    /// dH, H = scale · gate · U, dGates = scale · Σ_r dH ⊙ U, and dx[input gradient rows] += dU A.
    /// </summary>
    /// <param name="dX_nI">[its rows, in], added to; null where it is not wanted.</param>
    /// <param name="x_nI">As forward.</param>
    /// <param name="g_nO">∂L/∂delta; [rows, out].</param>
    /// <param name="a_RI">A; [rank, in].</param>
    /// <param name="b_OR">B; [out, rank].</param>
    /// <param name="rows">As forward.</param>
    /// <param name="scale">As forward.</param>
    /// <returns>dU [m, rank], H [m, rank] and dGates [m].</returns>
    (torch.Tensor DU_mR, torch.Tensor H_mR, torch.Tensor DGates_m) LoraBackward(
        torch.Tensor? dX_nI, torch.Tensor x_nI, torch.Tensor g_nO, torch.Tensor a_RI, torch.Tensor b_OR, in LoraRows rows,
        double scale);

    /// <summary>The other half: dA = dUᵀ x [rank, in] and dB = Gᵀ H [out, rank].</summary>
    (torch.Tensor DA_RI, torch.Tensor DB_OR) LoraParameterGradients(
        torch.Tensor dU_mR, torch.Tensor h_mR, torch.Tensor x_nI, torch.Tensor g_nO, in LoraRows rows);

    /// <summary>
    /// A CPU tensor over memory that the caller keeps alive and unchanged while any tensor sees it; the plain
    /// implementation copies instead.
    /// </summary>
    /// <param name="data">Address of the first element, row-major.</param>
    /// <param name="shape">Sizes.</param>
    /// <param name="dtype">Element type.</param>
    torch.Tensor FromMemory(nint data, long[] shape, torch.ScalarType dtype);

    /// <summary>
    /// Gives a whole contiguous tensor's memory back, also for every view of it; they hold nothing until
    /// <see cref="TakeValues"/>. An engine that cannot do this leaves the values where they are.
    /// </summary>
    void DropValues(torch.Tensor tensor);

    /// <summary>Makes the memory of <paramref name="values"/>, which is spent, that of a dropped tensor of the same shape. Autograd
    /// does not notice, so they have to be the values that were dropped.</summary>
    void TakeValues(torch.Tensor tensor, torch.Tensor values);
}
