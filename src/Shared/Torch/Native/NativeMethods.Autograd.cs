using System.Runtime.InteropServices;

namespace MoR.Torch.Native;

internal static partial class NativeMethods
{
    [LibraryImport(Library)]
    internal static partial nint mor_grad_mode(out int result);

    [LibraryImport(Library)]
    internal static partial nint mor_set_grad_mode(int enabled);

    [LibraryImport(Library)]
    internal static partial nint mor_grad(
        ReadOnlySpan<nint> outputs, int outputCount, ReadOnlySpan<nint> inputs, int inputCount,
        ReadOnlySpan<nint> gradOutputs, int gradOutputCount, int retainGraph, int createGraph, int allowUnused,
        Span<nint> results);
}
