using System.Runtime.InteropServices;
using TorchSharp;

namespace MoR.Torch.Native;

internal static partial class NativeMethods
{
    [LibraryImport(Library)]
    internal static partial nint mor_release(nint tensor);

    [LibraryImport(Library)]
    internal static partial nint mor_dtype(TensorHandle tensor, out int result);

    [LibraryImport(Library)]
    internal static partial nint mor_device(TensorHandle tensor, out int type, out int index);

    [LibraryImport(Library)]
    internal static partial nint mor_shape(
        TensorHandle tensor, Span<long> sizes, Span<long> strides, int capacity, out int rank);

    [LibraryImport(Library)]
    internal static partial nint mor_numel(TensorHandle tensor, out long result);

    [LibraryImport(Library)]
    internal static partial nint mor_is_contiguous(TensorHandle tensor, out int result);

    [LibraryImport(Library)]
    internal static partial nint mor_is_leaf(TensorHandle tensor, out int result);

    [LibraryImport(Library)]
    internal static partial nint mor_requires_grad(TensorHandle tensor, out int result);

    [LibraryImport(Library)]
    internal static partial nint mor_set_requires_grad(TensorHandle tensor, int value);

    [LibraryImport(Library)]
    internal static partial nint mor_data(TensorHandle tensor, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_item(TensorHandle tensor, out Scalar result);
}
