using System.Diagnostics;

namespace MoR.Coordinator.Benchmarks.Runtime;

/// <summary>Processor time that processes have used, in user mode and in the kernel, by all their threads.</summary>
internal static class ProcessorTime
{
    /// <summary>Seconds of this process and of some others. Of others the kernel tells hundredths of a second.</summary>
    public static double Seconds(IEnumerable<int> others) =>
        Environment.CpuUsage.TotalTime.TotalSeconds + others.Sum(SecondsOf);

    private static double SecondsOf(int id)
    {
        using var process = Process.GetProcessById(id);
        return process.TotalProcessorTime.TotalSeconds;
    }
}
