using System.Runtime.InteropServices;

namespace MoR.Torch.Native;

internal static partial class NativeMethods
{
    [LibraryImport(Library)]
    internal static partial nint mor_t(TensorHandle a, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_contiguous(TensorHandle a, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_clone(TensorHandle a, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_detach(TensorHandle a, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_alias(TensorHandle a, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_squeeze_all(TensorHandle a, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_view(TensorHandle a, ReadOnlySpan<long> values, int count, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_reshape(TensorHandle a, ReadOnlySpan<long> values, int count, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_permute(TensorHandle a, ReadOnlySpan<long> values, int count, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_expand(TensorHandle a, ReadOnlySpan<long> values, int count, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_repeat(TensorHandle a, ReadOnlySpan<long> values, int count, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_squeeze(TensorHandle a, long i, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_unsqueeze(TensorHandle a, long i, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_tril(TensorHandle a, long i, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_triu(TensorHandle a, long i, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_transpose(TensorHandle a, long i, long j, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_select(TensorHandle a, long i, long j, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_flatten(TensorHandle a, long i, long j, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_narrow(TensorHandle a, long dim, long start, long length, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_slice(
        TensorHandle a, long dim, long start, long finish, long step, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_split(
        TensorHandle a, ReadOnlySpan<long> sizes, int count, long dim, Span<nint> results);
}
