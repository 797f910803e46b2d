using System.Runtime.InteropServices;

namespace MoR.Torch.Native;

internal static partial class NativeMethods
{
    [LibraryImport(Library)]
    internal static partial nint mor_max(TensorHandle a, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_min(TensorHandle a, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_argmax(TensorHandle a, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_sum(
        TensorHandle a, ReadOnlySpan<long> dims, int count, int keepdim, int dtype, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_mean(
        TensorHandle a, ReadOnlySpan<long> dims, int count, int keepdim, int dtype, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_amax(
        TensorHandle a, ReadOnlySpan<long> dims, int count, int keepdim, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_max_dim(TensorHandle a, long dim, int keepdim, out nint values, out nint indexes);

    [LibraryImport(Library)]
    internal static partial nint mor_min_dim(TensorHandle a, long dim, int keepdim, out nint values, out nint indexes);

    [LibraryImport(Library)]
    internal static partial nint mor_argmax_dim(TensorHandle a, long dim, int keepdim, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_topk(
        TensorHandle a, long k, long dim, int largest, int sorted, out nint values, out nint indexes);

    [LibraryImport(Library)]
    internal static partial nint mor_sort(
        TensorHandle a, int stable, long dim, int descending, out nint values, out nint indexes);

    [LibraryImport(Library)]
    internal static partial nint mor_argsort(TensorHandle a, long dim, int descending, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_cumsum(TensorHandle a, long dim, int dtype, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_logsumexp(TensorHandle a, long dim, int keepdim, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_norm(TensorHandle a, double p, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_norm_dim(TensorHandle a, long dim, int keepdim, double p, out nint result);
}
