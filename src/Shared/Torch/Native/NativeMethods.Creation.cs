using System.Runtime.InteropServices;
using TorchSharp;

namespace MoR.Torch.Native;

internal static partial class NativeMethods
{
    [LibraryImport(Library)]
    internal static partial nint mor_empty(
        ReadOnlySpan<long> sizes, int rank, int dtype, int device, int index, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_full(
        ReadOnlySpan<long> sizes, int rank, Scalar value, int dtype, int device, int index, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_zeros(
        ReadOnlySpan<long> sizes, int rank, int dtype, int device, int index, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_arange(
        Scalar start, Scalar stop, Scalar step, int dtype, int device, int index, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_from_memory(
        nint data, ReadOnlySpan<long> sizes, int rank, int dtype, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_to(
        TensorHandle a, int dtype, int device, int index, int copy, int nonBlocking, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_cat(ReadOnlySpan<nint> handles, int count, long dim, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_stack(ReadOnlySpan<nint> handles, int count, long dim, out nint result);
}
