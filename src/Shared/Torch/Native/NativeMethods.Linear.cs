using System.Runtime.InteropServices;

namespace MoR.Torch.Native;

internal static partial class NativeMethods
{
    [LibraryImport(Library)]
    internal static partial nint mor_matmul(TensorHandle a, TensorHandle b, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_mm(TensorHandle a, TensorHandle b, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_bmm(TensorHandle a, TensorHandle b, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_dot(TensorHandle a, TensorHandle b, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_linear(
        TensorHandle input, TensorHandle weight, nint bias, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_softmax(TensorHandle a, long dim, int dtype, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_log_softmax(TensorHandle a, long dim, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_cross_entropy(
        TensorHandle input, TensorHandle target, nint weight, long ignoreIndex, long reduction,
        double labelSmoothing, out nint result);
}
