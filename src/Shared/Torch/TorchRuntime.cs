using System.Runtime.InteropServices;
using MoR.Torch.Native;
using TorchSharp;

namespace MoR.Torch;

/// <summary>The tensor engine of this process: libtorch through libmor_native.so.</summary>
public static class TorchRuntime
{
    private static readonly Lazy<TorchInfo> info = new(Describe);

    /// <summary>Versions, BLAS and devices.</summary>
    public static TorchInfo Info => info.Value;

    /// <summary>
    /// Loads the native library, with one thread per product and nothing on CUDA that trades bits for speed. The
    /// first tensor does it too; calling it early gives the error early. Does nothing the second time.
    /// </summary>
    /// <exception cref="TorchException">The library is missing, or a BLAS has several threads.</exception>
    public static void Initialise() => _ = NativeLibraryLoader.Handle;

    /// <summary>Hides the thread's dispose scopes until the result is disposed.</summary>
    internal static IDisposable IsolateScopes() => DisposeScope.Isolate();

    private static TorchInfo Describe()
    {
        TorchException.ThrowIfAny(NativeMethods.mor_describe(out var text), nameof(Info));
        var lines = Marshal.PtrToStringUTF8(text)!.Split('\n');
        return new TorchInfo(lines[0], lines[1], lines[2].Trim(), lines[3], lines[4], lines[5..]);
    }
}
