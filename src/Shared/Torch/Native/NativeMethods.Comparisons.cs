using System.Runtime.InteropServices;
using TorchSharp;

namespace MoR.Torch.Native;

internal static partial class NativeMethods
{
    [LibraryImport(Library)]
    internal static partial nint mor_eq(TensorHandle a, TensorHandle b, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_eq_scalar(TensorHandle a, Scalar s, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_ne(TensorHandle a, TensorHandle b, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_ne_scalar(TensorHandle a, Scalar s, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_lt(TensorHandle a, TensorHandle b, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_lt_scalar(TensorHandle a, Scalar s, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_le(TensorHandle a, TensorHandle b, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_le_scalar(TensorHandle a, Scalar s, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_gt(TensorHandle a, TensorHandle b, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_gt_scalar(TensorHandle a, Scalar s, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_ge(TensorHandle a, TensorHandle b, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_ge_scalar(TensorHandle a, Scalar s, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_isfinite(TensorHandle a, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_isnan(TensorHandle a, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_logical_not(TensorHandle a, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_logical_and(TensorHandle a, TensorHandle b, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_logical_or(TensorHandle a, TensorHandle b, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_any(TensorHandle a, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_all(TensorHandle a, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_any_dim(TensorHandle a, long dim, int keepdim, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_all_dim(TensorHandle a, long dim, int keepdim, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_equal(TensorHandle a, TensorHandle b, out int result);

    [LibraryImport(Library)]
    internal static partial nint mor_allclose(
        TensorHandle a, TensorHandle b, double rtol, double atol, int equalNan, out int result);
}
