using System.Diagnostics;

namespace MoR.Coordinator.Benchmarks.Runtime;

/// <summary>The memory of this process.</summary>
internal static class OwnMemory
{
    /// <summary>The most that was resident until now, in bytes.</summary>
    public static long PeakBytes()
    {
        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64;
    }
}
