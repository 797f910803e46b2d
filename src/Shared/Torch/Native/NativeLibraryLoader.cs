using System.Reflection;
using System.Runtime.InteropServices;

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

    /// <summary>The file to load: named by MOR_NATIVE_LIBRARY, beside the assembly, or built in the repository.</summary>
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
            throw new TorchException(path, $"cannot be loaded: {error.Message.Split('\n')[0]} {NextStep}", error);
        }
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate nint Initialise();
}
