using System.Runtime.InteropServices;

namespace MoR.Torch.Native;

internal static partial class NativeMethods
{
    [LibraryImport(Library)]
    internal static partial nint mor_initialise();

    [LibraryImport(Library)]
    internal static partial nint mor_set_num_threads(int threads);

    [LibraryImport(Library)]
    internal static partial nint mor_get_num_threads(out int result);

    [LibraryImport(Library)]
    internal static partial nint mor_cuda_devices(out int result);

    [LibraryImport(Library)]
    internal static partial nint mor_cuda_synchronize(int index);

    [LibraryImport(Library)]
    internal static partial nint mor_describe(out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_drop_values(TensorHandle tensor);

    [LibraryImport(Library)]
    internal static partial nint mor_take_values(TensorHandle tensor, TensorHandle values);

    [LibraryImport(Library)]
    internal static partial nint mor_memory(out long used, out long most, out long held);

    [LibraryImport(Library)]
    internal static partial nint mor_memory_forget_most();
}
