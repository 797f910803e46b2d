using System.Runtime.InteropServices;

namespace MoR.Program.Runtime;

/// <summary>Memory of a CUDA device, by the driver's own calls (CUDA driver API, "Primary Context Management" and "Memory
/// Management"): libtorch's are of one CUDA version.</summary>
internal static partial class GpuMemory
{
    private const string Driver = "libcuda.so.1";

    /// <summary>Bytes that are free on a device; null if the driver does not tell.</summary>
    public static long? Free(int ordinal)
    {
        try
        {
            return cuInit(0) == 0 && cuDeviceGet(out var device, ordinal) == 0 ? FreeOf(device) : null;
        }
        catch (Exception cause) when (cause is DllNotFoundException or EntryPointNotFoundException)
        {
            return null;
        }
    }

    private static long? FreeOf(int device)
    {
        if (cuDevicePrimaryCtxRetain(out var context, device) != 0)
        {
            return null;
        }

        try
        {
            if (cuCtxPushCurrent_v2(context) != 0)
            {
                return null;
            }

            var told = cuMemGetInfo_v2(out var free, out _) == 0;
            _ = cuCtxPopCurrent_v2(out _);
            return told ? (long)free : null;
        }
        finally
        {
            _ = cuDevicePrimaryCtxRelease_v2(device);
        }
    }

    [LibraryImport(Driver)]
    private static partial int cuInit(uint flags);

    [LibraryImport(Driver)]
    private static partial int cuDeviceGet(out int device, int ordinal);

    [LibraryImport(Driver)]
    private static partial int cuDevicePrimaryCtxRetain(out nint context, int device);

    [LibraryImport(Driver)]
    private static partial int cuDevicePrimaryCtxRelease_v2(int device);

    [LibraryImport(Driver)]
    private static partial int cuCtxPushCurrent_v2(nint context);

    [LibraryImport(Driver)]
    private static partial int cuCtxPopCurrent_v2(out nint context);

    [LibraryImport(Driver)]
    private static partial int cuMemGetInfo_v2(out nuint free, out nuint total);
}
