using MoR.Torch;
using static MoR.Torch.Native.NativeMethods;

namespace TorchSharp;

/// <summary>
/// The part of TorchSharp's API (0.105 and later) that this project uses, over the libtorch of the system. Names,
/// parameters and meanings are TorchSharp's, which are PyTorch's: see the PyTorch documentation for each operation.
/// </summary>
public static partial class torch
{
    /// <summary>libtorch's version.</summary>
    public static string __version__ => TorchRuntime.Info.LibtorchVersion;

    /// <summary>Sets how many threads one operation may use. This project keeps it at 1: others change bits.</summary>
    public static void set_num_threads(int num) =>
        TorchException.ThrowIfAny(mor_set_num_threads(num), nameof(set_num_threads));

    public static int get_num_threads()
    {
        TorchException.ThrowIfAny(mor_get_num_threads(out var threads), nameof(get_num_threads));
        return threads;
    }

    /// <summary>The CUDA devices of this process.</summary>
    public static class cuda
    {
        public static bool is_available() => device_count() > 0;

        public static int device_count()
        {
            TorchException.ThrowIfAny(mor_cuda_devices(out var count), nameof(device_count));
            return count;
        }

        /// <summary>Waits for everything queued on a device's current stream.</summary>
        public static void synchronize(Device? device = null) =>
            TorchException.ThrowIfAny(mor_cuda_synchronize(Math.Max(device?.index ?? 0, 0)), nameof(synchronize));
    }
}
