using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace MoR.Torch.Native;

/// <summary>
/// Finds libmor_native.so, prepares the environment that OpenBLAS, OpenMP, MKL and cuBLAS read when they are loaded,
/// loads it and initialises it, all before the first call.
/// </summary>
internal static partial class NativeLibraryLoader
{
    private const string FileName = "libmor_native.so";
    private const string PathVariable = "MOR_NATIVE_LIBRARY";
    private const string NextStep = "Run `./mor setup`, which builds it.";

    // Thread counts change bits, so one thread; the workspace setting is what cuBLAS needs to be reproducible, and
    // MKL's keeps results independent of memory alignment.
    private static readonly (string Name, string Value)[] pinned =
    [
        ("OMP_NUM_THREADS", "1"),
        ("OPENBLAS_NUM_THREADS", "1"),
        ("MKL_NUM_THREADS", "1"),
        ("MKL_CBWR", "AUTO"),
        ("CUBLAS_WORKSPACE_CONFIG", ":4096:8"),
    ];

    private static readonly Lazy<nint> library = new(Load);

    /// <summary>The loaded and initialised library.</summary>
    /// <exception cref="TorchException">It is missing, cannot be loaded, or a BLAS has several threads.</exception>
    internal static nint Handle => library.Value;

    internal static void Register() =>
        NativeLibrary.SetDllImportResolver(typeof(NativeLibraryLoader).Assembly, Resolve);

    /// <summary>The file to load: the one named, else beside the program, else built in the repository.</summary>
    /// <exception cref="TorchException">There is none.</exception>
    internal static string Find(string? named, string startFolder)
    {
        if (!string.IsNullOrEmpty(named))
        {
            return File.Exists(named)
                ? named
                : throw new TorchException(PathVariable, $"{named} does not exist. Correct it or unset it. {NextStep}");
        }

        var beside = Path.Combine(startFolder, FileName);
        if (File.Exists(beside))
        {
            return beside;
        }

        for (var folder = new DirectoryInfo(startFolder); folder is not null; folder = folder.Parent)
        {
            var built = Path.Combine(folder.FullName, "artifacts", "native", FileName);
            if (File.Exists(built))
            {
                return built;
            }
        }

        throw new TorchException(
            FileName, $"not found beside the program or in an artifacts/native folder above {startFolder}. {NextStep}");
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? search) =>
        name == NativeMethods.Library ? Handle : 0;

    private static nint Load()
    {
        // .NET's own SetEnvironmentVariable does not reach native getenv.
        foreach (var (name, value) in pinned)
        {
            _ = SetEnvironment(name, value, overwrite: 1);
        }

        if (OpenBlasCore() is { } core)
        {
            _ = SetEnvironment("OPENBLAS_CORETYPE", core, overwrite: 0);
        }

        var path = Find(Environment.GetEnvironmentVariable(PathVariable), AppContext.BaseDirectory);
        try
        {
            var handle = NativeLibrary.Load(path);
            var initialise = Marshal.GetDelegateForFunctionPointer<Initialise>(
                NativeLibrary.GetExport(handle, nameof(NativeMethods.mor_initialise)));
            TorchException.ThrowIfAny(initialise(), path);
            return handle;
        }
        catch (Exception error) when (error is DllNotFoundException or BadImageFormatException
            or EntryPointNotFoundException)
        {
            throw new TorchException(path, $"cannot be loaded: {Reason(error)}. {NextStep}", error);
        }
    }

    // .NET's message is advice first and the dynamic linker's reasons, one per line, after.
    private static string Reason(Exception error) =>
        error.Message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)[^1];

    /// <summary>
    /// OpenBLAS chooses its kernels by processor model and takes SSE3 ones for a model younger than itself (0.3.21 on
    /// Emerald Rapids: a tenth of the speed). Choosing by instruction set avoids that, and gives the machines of one
    /// instruction set the same bits. A user's own OPENBLAS_CORETYPE stands.
    /// </summary>
    private static string? OpenBlasCore()
    {
        if (Avx512F.VL.IsSupported && Avx512BW.IsSupported && Avx512DQ.IsSupported && Avx512CD.IsSupported)
        {
            return "SkylakeX";
        }

        return Avx2.IsSupported && Fma.IsSupported ? "Haswell" : null;
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate nint Initialise();
}
