using System.Text;
using MoR.Cluster.Disk;
using MoR.Cluster.Errors;
using MoR.Coordinator.Export;
using MoR.Coordinator.Runs;

namespace MoR.Coordinator.Tests.Export;

/// <summary>An exported folder is there whole or not at all, whatever the disk does.</summary>
public sealed class AdapterFolderTests
{
    private const string Place = "/some/where/adapter";

    private static readonly CheckpointFile[] Files =
    [
        new("tensors", stream => stream.Write(new byte[5000])),
        new("config", stream => stream.Write("{}"u8)),
    ];

    [Theory]
    [InlineData(Survival.OnlyFlushed)]
    [InlineData(Survival.Everything)]
    [InlineData(Survival.TornInOrder)]
    public void A_power_cut_at_any_operation_leaves_a_whole_folder_or_none(Survival survival)
    {
        var operations = Operations();
        Assert.InRange(operations, 8, 100);
        for (var at = 1; at <= operations + 1; at++)
        {
            var disk = new FaultyDisk { PowerLossAt = at };
            var isCut = Record.Exception(() => AdapterFolder.Write(disk, Place, Files)) is PowerLossException;
            Assert.Equal(at <= operations, isCut);
            var where = $"{survival}, operation {at}: {disk.Operations[^1]}";
            disk.Restart(survival, seed: at);

            Assert.True(isCut || disk.FolderExists(Place), where);
            if (disk.FolderExists(Place))
            {
                CheckWhole(disk, where);
            }
            else
            {
                AdapterFolder.Write(disk, Place, Files);
                CheckWhole(disk, where);
            }
        }
    }

    [Fact]
    public void A_full_disk_leaves_nothing()
    {
        for (var space = 0; space < 5002; space += 500)
        {
            var disk = new FaultyDisk { Space = space };

            Assert.Throws<RunException>(() => AdapterFolder.Write(disk, Place, Files));

            Assert.Empty(disk.List("/some/where"));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_is_there_already_stays(bool isFolder)
    {
        var disk = new FaultyDisk();
        disk.CreateFolderDurably(isFolder ? Place : "/some/where");
        var file = isFolder ? Place + "/mine" : Place;
        disk.WriteWhole(file, "precious"u8);

        var error = Assert.Throws<InputException>(() => AdapterFolder.Write(disk, Place, Files));

        Assert.Contains("--output", error.Message, StringComparison.Ordinal);
        Assert.Equal("precious", Encoding.UTF8.GetString(disk.ReadAllBytes(file)));
    }

    [Fact]
    public void An_empty_folder_is_free_and_what_a_crash_left_beside_it_goes()
    {
        var disk = new FaultyDisk();
        disk.CreateFolderDurably(Place);
        disk.CreateFolderDurably("/some/where/.tmp-adapter");
        disk.WriteWhole("/some/where/.tmp-adapter/old", "half"u8);

        AdapterFolder.Write(disk, Place, Files);

        CheckWhole(disk, "an empty folder");
    }

    private static int Operations()
    {
        var disk = new FaultyDisk();
        AdapterFolder.Write(disk, Place, Files);
        return disk.Operations.Count;
    }

    private static void CheckWhole(IDisk disk, string where)
    {
        Assert.True(disk.List("/some/where") is ["adapter"], where);
        Assert.Equal(["config", "tensors"], disk.List(Place));
        Assert.Equal(5000, disk.ReadAllBytes(Place + "/tensors").Length);
        Assert.Equal("{}", Encoding.UTF8.GetString(disk.ReadAllBytes(Place + "/config")));
    }
}
