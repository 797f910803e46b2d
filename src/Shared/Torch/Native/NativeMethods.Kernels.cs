using System.Runtime.InteropServices;

namespace MoR.Torch.Native;

internal static partial class NativeMethods
{
    [LibraryImport(Library)]
    internal static partial nint mor_mm_rows(
        TensorHandle result, TensorHandle a, TensorHandle b, long first, long count, int transposeB);

    [LibraryImport(Library)]
    internal static partial nint mor_mm_columns(
        TensorHandle result, TensorHandle a, TensorHandle b, long first, long count, int transposeB);
}
