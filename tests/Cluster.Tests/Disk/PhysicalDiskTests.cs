using MoR.Cluster.Disk;
using MoR.Cluster.Disk.Runtime;
using MoR.Cluster.Errors;

namespace MoR.Cluster.Tests.Disk;

/// <summary>What only a real file system can show.</summary>
public sealed class PhysicalDiskTests : IDisposable
{
    private readonly TemporaryFolder temporary = new();
    private readonly PhysicalDisk disk = new();

    public void Dispose() => temporary.Dispose();

    [Fact]
    public void A_full_disk_is_a_run_error_that_names_the_file_and_what_to_do()
    {
        // The kernel's own full device: every write to it fails with ENOSPC.
        using var full = disk.Create("/dev/full");
        var error = Assert.Throws<RunException>(() => full.Write(new byte[4096]));

        Assert.Equal(
            "/dev/full: no space left on the disk while writing the file. Free some space there, or choose a folder on "
            + "another disk; what was saved before stays good.",
            error.Message);
    }

    [Fact]
    public void A_folder_that_nobody_may_write_is_an_input_error_even_for_root()
    {
        var error = Assert.ThrowsAny<MorException>(() => disk.CreateFolder("/proc/self/run"));

        Assert.Contains("/proc/self/run", error.Message, StringComparison.Ordinal);
        Assert.Contains("creating the folder", error.Message, StringComparison.Ordinal);
        Assert.Equal(2, error.ExitCode);
    }

    [Fact]
    public void The_lock_file_says_who_holds_it_and_is_emptied_on_release()
    {
        var path = temporary["lock"];
        using (disk.TryLock(path, out _))
        {
            Assert.Null(disk.TryLock(path, out var holder));
            Assert.Equal($"process {Environment.ProcessId} on {Environment.MachineName}", holder);
        }

        Assert.Equal(0, new FileInfo(path).Length);
    }

    [Fact]
    public void A_lock_left_by_a_process_that_died_is_free()
    {
        // The text of a dead holder stays behind; the kernel's lock does not.
        File.WriteAllText(temporary["lock"], "process 999999 on elsewhere\n");

        Assert.Null(disk.LockHolder(temporary["lock"]));
        using var taken = disk.TryLock(temporary["lock"], out var holder);
        Assert.NotNull(taken);
        Assert.Contains($"{Environment.ProcessId}", holder, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(122, "the disk quota is used up", 1)]
    [InlineData(13, "permission denied", 2)]
    [InlineData(30, "the file system is read-only", 2)]
    [InlineData(36, "the name is too long", 2)]
    [InlineData(5, "Input/output error (error 5)", 1)]
    public void Every_error_number_gives_the_path_the_action_and_a_next_step(int errno, string problem, int exitCode)
    {
        var error = DiskErrors.FromErrno("/data/run", "writing the file", errno, "Input/output error");

        Assert.StartsWith($"/data/run: {problem}", error.Message, StringComparison.Ordinal);
        Assert.Contains("while writing the file. ", error.Message, StringComparison.Ordinal);
        Assert.EndsWith(".", error.NextStep, StringComparison.Ordinal);
        Assert.Equal(exitCode, error.ExitCode);
    }
}
