using System.Runtime.InteropServices;
using MoR.Cluster.Disk.Runtime;
using MoR.Cluster.Errors;
using MoR.Cluster.Protocol.Wire;
using MoR.Coordinator.CommandLine;
using MoR.Model.Machines;
using MoR.Torch;
using MoR.Torch.Runtime;
using TorchSharp;

namespace MoR.Coordinator.Doctor;

/// <summary>Looks at this machine, from the current folder.</summary>
public sealed class MachineProbe(TimeProvider time) : IMachineProbe
{
    private const int Size = 1024;

    // The pool cuts products into tiles of 128 rows, so fewer rows than this would leave threads idle.
    private const int RowsPerThread = 128;
    private const int Repetitions = 5;
    private static readonly TimeSpan enough = TimeSpan.FromSeconds(3);

    /// <inheritdoc/>
    public MachineFacts Read()
    {
        var (torchInfo, problem) = ReadTorch();
        var folder = Environment.CurrentDirectory;
        var disk = new PhysicalDisk();
        return new MachineFacts
        {
            MorVersion = ProgramVersion.Text,
            DotnetVersion = Environment.Version.ToString(),
            OperatingSystem = RuntimeInformation.OSDescription,
            Kernel = TextOf("/proc/sys/kernel/osrelease").Trim(),
            Processor = ProcessorFacts.Parse(TextOf("/proc/cpuinfo")),
            UsableProcessors = Environment.ProcessorCount,
            Memory = ReadMemory(),
            Torch = torchInfo,
            TorchProblem = problem,
            Identity = torchInfo is null ? null : ReadIdentity(),
            OperationThreads = torchInfo is null ? 1 : torch.get_num_threads(),
            Folder = folder,
            FreeBytes = FreeBytes(disk, folder),
            LockProblem = LockProblem(disk, folder),
        };
    }

    /// <summary>The memory that this process can still take.</summary>
    public static MemoryFacts ReadMemory() =>
        MemoryFacts.Parse(TextOf("/proc/meminfo"), ControlGroupMemory.Read(TextOf));

    /// <inheritdoc/>
    public ProductRate Measure(int threads)
    {
        using var pool = new MathPool(threads);
        using var scope = torch.NewDisposeScope();
        var rows = Math.Max(Size, RowsPerThread * threads);
        var left = torch.ones(rows, Size);
        var right = torch.ones(Size, Size);
        Multiply(left, right, pool);
        var best = TimeSpan.MaxValue;
        var start = time.GetTimestamp();
        for (var i = 0; i < Repetitions && (i == 0 || time.GetElapsedTime(start) < enough); i++)
        {
            var before = time.GetTimestamp();
            Multiply(left, right, pool);
            var taken = time.GetElapsedTime(before);
            best = taken < best ? taken : best;
        }

        return new ProductRate(threads, 2e-9 * rows * Size * Size / Math.Max(best.TotalSeconds, 1e-9));
    }

    private static void Multiply(torch.Tensor left, torch.Tensor right, MathPool pool) =>
        TensorKernels.Current.MatMul(left, right, transposeB: false, pool).Dispose();

    private static (TorchInfo? Info, string? Problem) ReadTorch()
    {
        try
        {
            return (TorchRuntime.Info, null);
        }
        catch (TorchException exception)
        {
            return (null, exception.Message);
        }
    }

    private static Machine ReadIdentity()
    {
        using var pool = new MathPool(1);
        return MachineIdentity.Of(torch.CPU, pool);
    }

    private static string TextOf(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A container may hide the file, and then what it says stays open.
            return "";
        }
    }

    private static long? FreeBytes(PhysicalDisk disk, string folder)
    {
        try
        {
            return disk.FreeBytes(folder);
        }
        catch (MorException)
        {
            return null;
        }
    }

    private static string? LockProblem(PhysicalDisk disk, string folder)
    {
        var file = Path.Join(folder, $".mor-doctor-{Environment.ProcessId}");
        try
        {
            using var first = disk.TryLock(file, out _);
            using var second = disk.TryLock(file, out _);
            return first is null || second is not null
                ? $"{folder}: two holders got the same lock"
                : null;
        }
        catch (MorException exception)
        {
            return exception.Message;
        }
        finally
        {
            TryDelete(disk, file);
        }
    }

    private static void TryDelete(PhysicalDisk disk, string file)
    {
        try
        {
            disk.DeleteFile(file);
        }
        catch (MorException)
        {
            // In an unwritable folder there is nothing to delete, and the lock has reported the folder.
        }
    }
}
