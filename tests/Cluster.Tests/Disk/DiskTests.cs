using MoR.Cluster.Disk;
using MoR.Cluster.Disk.Runtime;
using MoR.Cluster.Errors;

namespace MoR.Cluster.Tests.Disk;

/// <summary>What every disk does; the double in memory is held to the same as the real one.</summary>
public sealed class DiskTests : IDisposable
{
    private readonly TemporaryFolder temporary = new();

    public static TheoryData<bool> Kinds => [true, false];

    public void Dispose() => temporary.Dispose();

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_created_file_holds_what_was_written_and_creating_it_again_empties_it(bool isReal)
    {
        var disk = DiskOf(isReal);
        Write(disk, temporary["a"], "first, and longer");
        Write(disk, temporary["a"], "second");

        Assert.Equal("second", Read(disk, temporary["a"]));
        Assert.True(disk.FileExists(temporary["a"]));
        Assert.False(disk.FileExists(temporary["b"]));
        Assert.False(disk.FolderExists(temporary["a"]));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Appending_creates_a_missing_file_and_continues_an_existing_one(bool isReal)
    {
        var disk = DiskOf(isReal);
        foreach (var part in new[] { "one ", "two" })
        {
            using var file = disk.OpenAppend(temporary["log"]);
            file.Write(Bytes(part));
            file.FlushToDisk();
        }

        Assert.Equal("one two", Read(disk, temporary["log"]));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_listing_is_in_ordinal_order(bool isReal)
    {
        var disk = DiskOf(isReal);
        foreach (var name in new[] { "b", "B", ".c", "a10", "a9" })
        {
            Write(disk, temporary[name], name);
        }

        disk.CreateFolder(temporary["a1"]);

        Assert.Equal([".c", "B", "a1", "a10", "a9", "b"], disk.List(temporary.Location));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Renaming_replaces_a_file_and_moves_a_folder_but_never_over_a_full_one(bool isReal)
    {
        var disk = DiskOf(isReal);
        Write(disk, temporary["new"], "new");
        Write(disk, temporary["old"], "old");
        disk.Rename(temporary["new"], temporary["old"]);
        Assert.Equal("new", Read(disk, temporary["old"]));
        Assert.False(disk.FileExists(temporary["new"]));

        disk.CreateFolder(temporary["x/deep"]);
        disk.Rename(temporary["x"], temporary["y"]);
        Assert.True(disk.FolderExists(temporary["y/deep"]));

        disk.CreateFolder(temporary["z"]);
        var refusal = Assert.Throws<RunException>(() => disk.Rename(temporary["z"], temporary["y"]));
        Assert.Contains(temporary["y"], refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_link_is_replaced_in_one_step_and_deleting_it_leaves_its_target(bool isReal)
    {
        var disk = DiskOf(isReal);
        disk.CreateFolder(temporary["one"]);
        disk.CreateFolder(temporary["two"]);
        Write(disk, temporary["two/file"], "here");
        disk.ReplaceLink(temporary["link"], "one");
        disk.ReplaceLink(temporary["link"], "two");

        Assert.Equal("two", disk.ReadLink(temporary["link"]));
        Assert.Equal("here", Read(disk, temporary["link/file"]));
        Assert.Null(disk.ReadLink(temporary["two"]));
        Assert.Null(disk.ReadLink(temporary["absent"]));
        Assert.Equal(["link", "one", "two"], disk.List(temporary.Location));

        disk.DeleteFile(temporary["link"]);
        Assert.True(disk.FileExists(temporary["two/file"]));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Deleting_takes_a_whole_tree_and_does_not_mind_what_is_already_gone(bool isReal)
    {
        var disk = DiskOf(isReal);
        disk.CreateFolder(temporary["tree/branch"]);
        Write(disk, temporary["tree/branch/leaf"], "leaf");
        disk.DeleteFolder(temporary["tree"]);
        disk.DeleteFolder(temporary["tree"]);
        disk.DeleteFile(temporary["tree/branch/leaf"]);

        Assert.Empty(disk.List(temporary.Location));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_missing_file_or_folder_is_an_error_that_names_it(bool isReal)
    {
        var disk = DiskOf(isReal);
        var absent = temporary["no/such"];
        foreach (var call in new Action[]
        {
            () => disk.OpenRead(absent).Dispose(),
            () => disk.Create(absent).Dispose(),
            () => disk.List(absent),
            () => disk.FlushFolder(absent),
            () => disk.Rename(absent, temporary["x"]),
        })
        {
            var error = Assert.Throws<InputException>(call);
            Assert.Contains(temporary.Location, error.Message, StringComparison.Ordinal);
            Assert.Contains("no such file or folder", error.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_folder_cannot_be_made_under_a_file(bool isReal)
    {
        var disk = DiskOf(isReal);
        Write(disk, temporary["file"], "I am no folder");

        var error = Assert.Throws<InputException>(() => disk.CreateFolder(temporary["file/run"]));
        Assert.Contains(temporary["file/run"], error.Message, StringComparison.Ordinal);
        Assert.Contains("creating the folder", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_lock_has_one_holder_until_it_is_released(bool isReal)
    {
        var disk = DiskOf(isReal);
        var other = isReal ? new PhysicalDisk() : disk;
        using (disk.TryLock(temporary["lock"], out _))
        {
            Assert.Null(other.TryLock(temporary["lock"], out var holder));
            Assert.Equal(holder, other.LockHolder(temporary["lock"]));
            Assert.StartsWith("process ", holder, StringComparison.Ordinal);
        }

        Assert.Null(other.LockHolder(temporary["lock"]));
        using var again = other.TryLock(temporary["lock"], out _);
        Assert.NotNull(again);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_whole_write_replaces_the_file_and_leaves_nothing_else(bool isReal)
    {
        var disk = DiskOf(isReal);
        disk.CreateFolderDurably(temporary["a/b/c"]);
        disk.WriteWhole(temporary["a/b/c/f"], Bytes("one"));
        disk.WriteWhole(temporary["a/b/c/f"], Bytes("two"));

        Assert.Equal("two", Read(disk, temporary["a/b/c/f"]));
        Assert.Equal(["f"], disk.List(temporary["a/b/c"]));
        Assert.True(disk.FreeBytes(temporary.Location) > 0);
    }

    private static byte[] Bytes(string text) => System.Text.Encoding.UTF8.GetBytes(text);

    private static string Read(IDisk disk, string path) => System.Text.Encoding.UTF8.GetString(disk.ReadAllBytes(path));

    private static void Write(IDisk disk, string path, string text)
    {
        using var file = disk.Create(path);
        file.Write(Bytes(text));
        file.FlushToDisk();
    }

    private IDisk DiskOf(bool isReal)
    {
        if (isReal)
        {
            return new PhysicalDisk();
        }

        var disk = new FaultyDisk();
        disk.CreateFolder(temporary.Location);
        return disk;
    }
}
