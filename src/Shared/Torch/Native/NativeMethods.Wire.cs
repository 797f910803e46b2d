using System.Runtime.InteropServices;

namespace MoR.Torch.Native;

internal static partial class NativeMethods
{
    [LibraryImport(Library)]
    internal static partial nint mor_wire_encode(TensorHandle to, TensorHandle x, long[]? rows, long count, int type);

    [LibraryImport(Library)]
    internal static partial nint mor_wire_decode(TensorHandle to, TensorHandle from, int type);

    [LibraryImport(Library)]
    internal static partial nint mor_wire_round(TensorHandle to, TensorHandle x, long[]? rows, long count, int type);
}
