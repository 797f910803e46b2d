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

    [LibraryImport(Library)]
    internal static partial nint mor_lora_forward(
        TensorHandle delta, TensorHandle x, TensorHandle a, TensorHandle b, long[] xRows, long[] deltaRows, TensorHandle gates,
        long count, float scale);

    [LibraryImport(Library)]
    internal static partial nint mor_lora_backward(
        TensorHandle dx, int wantsDx, TensorHandle du, TensorHandle h, TensorHandle dGates, TensorHandle x, TensorHandle g, TensorHandle a,
        TensorHandle b, long[] xRows, long[] dxRows, long[] gRows, TensorHandle gates, long count, float scale);

    [LibraryImport(Library)]
    internal static partial nint mor_lora_parameters(
        TensorHandle da, TensorHandle db, TensorHandle du, TensorHandle h, TensorHandle x, TensorHandle g, long[] xRows,
        long[] gRows, long count);
}
