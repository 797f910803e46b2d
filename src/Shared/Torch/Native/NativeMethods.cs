using System.Runtime.CompilerServices;

[assembly: DisableRuntimeMarshalling]

namespace MoR.Torch.Native;

/// <summary>
/// The imports of libmor_native.so, a file per topic as in <c>native/src</c>. Each returns null for success, else the
/// address of a message that lives until the thread's next failure.
/// </summary>
internal static partial class NativeMethods
{
    internal const string Library = "mor_native";

    static NativeMethods() => NativeLibraryLoader.Register();

    internal static int Flag(bool value) => value ? 1 : 0;
}
