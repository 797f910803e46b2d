using MoR.Torch.Runtime;
using TorchSharp;

namespace MoR.Torch;

/// <summary>
/// What goes beyond TorchSharp's API. Implementations agree bit for bit on the same machine, and the pool's number of
/// threads never changes a bit.
/// </summary>
public interface ITensorKernels
{
    /// <summary>
    /// a·b, or a·bᵀ, not recorded by autograd. On the CPU in tiles of <see cref="RowTiles.Rows"/> rows of a, each one
    /// single-threaded product, side by side on the pool; on CUDA one product. If b is kept in a smaller type, it is cut
    /// instead, into tiles of <see cref="ColumnTiles.Columns"/> columns of the result: each converts its part of b to a's
    /// type, which is exact, and multiplies a by it.
    /// </summary>
    /// <param name="a_MK">[M, K], float32, float64 or bfloat16.</param>
    /// <param name="b">[K, N], or [N, K] when transposed; on a's device and of its dtype, or float16 or bfloat16 where a is
    /// float32 or float64.</param>
    /// <param name="transposeB">Whether b's rows are the result's columns, as in a linear layer's weight.</param>
    /// <param name="pool">Threads that share the tiles.</param>
    /// <returns>[M, N], owned by the caller's dispose scope.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    torch.Tensor MatMul(torch.Tensor a_MK, torch.Tensor b, bool transposeB, MathPool pool);

    /// <summary>
    /// A CPU tensor over memory that the caller keeps alive and unchanged while any tensor sees it; the plain
    /// implementation copies instead.
    /// </summary>
    /// <param name="data">Address of the first element, row-major.</param>
    /// <param name="shape">Sizes.</param>
    /// <param name="dtype">Element type.</param>
    torch.Tensor FromMemory(nint data, long[] shape, torch.ScalarType dtype);
}
