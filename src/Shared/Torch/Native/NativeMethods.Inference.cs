using System.Runtime.InteropServices;

namespace MoR.Torch.Native;

internal static partial class NativeMethods
{
    [LibraryImport(Library)]
    internal static partial nint mor_attend(
        TensorHandle result, TensorHandle q, TensorHandle k, TensorHandle v, TensorHandle cos, TensorHandle sin,
        TensorHandle keys, TensorHandle values, long row, long held, long window, float scale);

    [LibraryImport(Library)]
    internal static partial nint mor_few_rows(TensorHandle result, TensorHandle x, TensorHandle w, long first, long count);

    [LibraryImport(Library)]
    internal static partial nint mor_route(
        TensorHandle gates, TensorHandle selected, TensorHandle x, TensorHandle values, long offset, long routers,
        long keptRouters, int byLogits, long topK);

    [LibraryImport(Library)]
    internal static partial nint mor_lora_experts(
        TensorHandle y, TensorHandle x, TensorHandle values, long[] aOffsets, long[] bOffsets, long experts, long rank,
        long shards, int routed, TensorHandle gates, TensorHandle selected, float scale, long first, long count);
}
