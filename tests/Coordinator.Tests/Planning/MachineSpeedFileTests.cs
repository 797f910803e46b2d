using MoR.Cluster.Disk.Runtime;
using MoR.Cluster.Tests.Disk;
using MoR.Coordinator.Planning;

namespace MoR.Coordinator.Tests.Planning;

public sealed class MachineSpeedFileTests
{
    [Fact]
    public void What_was_measured_is_there_for_the_same_program_only()
    {
        using var folder = new TemporaryFolder();
        var disk = new PhysicalDisk();

        Assert.Null(MachineSpeedFile.Read(disk, folder["cache"], "a"));
        var path = MachineSpeedFile.Write(disk, folder["cache"], "a", PlannedRuns.TwoCores);

        Assert.Equal(PlannedRuns.TwoCores, MachineSpeedFile.Read(disk, folder["cache"], "a"));
        Assert.Null(MachineSpeedFile.Read(disk, folder["cache"], "b"));
        File.WriteAllText(path, "{ not json");
        Assert.Null(MachineSpeedFile.Read(disk, folder["cache"], "a"));
    }

    [Fact]
    public void It_is_in_the_users_cache()
    {
        Assert.Equal("/c/mor", MachineSpeedFile.FolderOf(name => name == "XDG_CACHE_HOME" ? "/c" : "/h"));
        Assert.Equal("/h/.cache/mor", MachineSpeedFile.FolderOf(name => name == "HOME" ? "/h" : null));
    }
}
