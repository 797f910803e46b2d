using System.Runtime.InteropServices;
using TorchSharp;

namespace MoR.Torch;

/// <summary>The tensor engine of this process: the package TorchSharp-cuda-linux.</summary>
public static partial class TorchRuntime
{
    private static readonly Lazy<TorchInfo> info = new(Load);

    /// <summary>Version and devices; the package does not tell which BLAS it has inside.</summary>
    public static TorchInfo Info => info.Value;

    /// <summary>
    /// Loads TorchSharp's libtorch, with one thread per product and nothing on CUDA that trades bits for speed. Call
    /// it before the first tensor.
    /// </summary>
    public static void Initialise() => _ = info.Value;

    /// <summary>TorchSharp cannot hide a thread's scopes: a body that keeps a tensor must detach it.</summary>
    internal static IDisposable IsolateScopes() => torch.NewDisposeScope();

    private static TorchInfo Load()
    {
        // .NET's own SetEnvironmentVariable does not reach native getenv, and these are read when libtorch is loaded.
        _ = SetEnvironment("OMP_NUM_THREADS", "1", overwrite: 1);
        _ = SetEnvironment("MKL_NUM_THREADS", "1", overwrite: 1);
        _ = SetEnvironment("MKL_CBWR", "AUTO", overwrite: 1);
        _ = SetEnvironment("CUBLAS_WORKSPACE_CONFIG", ":4096:8", overwrite: 1);
        torch.set_num_threads(1);
        torch.backends.cuda.matmul.allow_tf32 = false;
        torch.backends.cudnn.allow_tf32 = false;
        var devices = Enumerable.Range(0, torch.cuda.device_count()).Select(index => $"cuda:{index}");
        return new TorchInfo(torch.__version__, "", "", "", "", [.. devices]);
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);
}
