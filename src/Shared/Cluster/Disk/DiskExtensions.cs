namespace MoR.Cluster.Disk;

/// <summary>What every user of a disk wants, said in terms of the few things a disk can do.</summary>
public static class DiskExtensions
{
    /// <summary>The ending of a file that <see cref="WriteWhole"/> has not put in its place yet.</summary>
    public const string TemporaryEnding = ".tmp";

    /// <summary>The whole content of a file of less than 2 GiB.</summary>
    public static byte[] ReadAllBytes(this IDisk disk, string path)
    {
        using var file = disk.OpenRead(path);
        using var content = new MemoryStream();
        file.CopyTo(content);
        return content.ToArray();
    }

    /// <summary>
    /// Replaces a file so that a reader, and a restart after a crash at any instant, finds the old content or the
    /// new, whole. Durable on return.
    /// </summary>
    public static void WriteWhole(this IDisk disk, string path, ReadOnlySpan<byte> content)
    {
        var temporary = path + TemporaryEnding;
        using (var file = disk.Create(temporary))
        {
            file.Write(content);
            file.FlushToDisk();
        }

        disk.Rename(temporary, path);
        disk.FlushFolder(ParentOf(path));
    }

    /// <summary>Creates a folder with its missing parents; all of them are durable on return.</summary>
    public static void CreateFolderDurably(this IDisk disk, string path)
    {
        var missing = new Stack<string>();
        var existing = path;
        while (!disk.FolderExists(existing))
        {
            missing.Push(existing);
            existing = ParentOf(existing);
        }

        foreach (var folder in missing)
        {
            disk.CreateFolder(folder);
            disk.FlushFolder(ParentOf(folder));
        }
    }

    private static string ParentOf(string path) =>
        Path.GetDirectoryName(path) ?? throw new ArgumentException($"'{path}' has no parent folder.", nameof(path));
}
