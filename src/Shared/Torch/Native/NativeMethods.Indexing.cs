using System.Runtime.InteropServices;
using TorchSharp;

namespace MoR.Torch.Native;

internal static partial class NativeMethods
{
    [LibraryImport(Library)]
    internal static partial nint mor_nonzero(TensorHandle a, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_masked_select(TensorHandle a, TensorHandle b, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_where(TensorHandle condition, TensorHandle x, TensorHandle y, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_index_select(TensorHandle a, long dim, TensorHandle index, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_gather(TensorHandle a, long dim, TensorHandle index, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_scatter(
        TensorHandle a, long dim, TensorHandle index, TensorHandle source, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_scatter_add(
        TensorHandle a, long dim, TensorHandle index, TensorHandle source, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_scatter_(TensorHandle a, long dim, TensorHandle index, TensorHandle source);

    [LibraryImport(Library)]
    internal static partial nint mor_scatter_add_(TensorHandle a, long dim, TensorHandle index, TensorHandle source);

    [LibraryImport(Library)]
    internal static partial nint mor_index_add(
        TensorHandle a, long dim, TensorHandle index, TensorHandle source, Scalar alpha, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_index_add_(
        TensorHandle a, long dim, TensorHandle index, TensorHandle source, Scalar alpha);

    [LibraryImport(Library)]
    internal static partial nint mor_index_copy(
        TensorHandle a, long dim, TensorHandle index, TensorHandle source, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_index_copy_(TensorHandle a, long dim, TensorHandle index, TensorHandle source);

    [LibraryImport(Library)]
    internal static partial nint mor_masked_fill(TensorHandle a, TensorHandle mask, Scalar value, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_masked_fill_(TensorHandle a, TensorHandle mask, Scalar value);

    [LibraryImport(Library)]
    internal static partial nint mor_one_hot(TensorHandle a, long classes, out nint result);
}
