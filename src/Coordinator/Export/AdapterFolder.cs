using MoR.Cluster.Disk;
using MoR.Cluster.Errors;
using MoR.Coordinator.Runs;

namespace MoR.Coordinator.Export;

/// <summary>A folder of files that is there whole or not at all.</summary>
public static class AdapterFolder
{
    /// <summary>The place that a command line names.</summary>
    public static string FullPath(string path) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));

    /// <summary>Refuses a place that holds something; an empty folder does not count.</summary>
    /// <exception cref="InputException">It does.</exception>
    public static void RequireFree(IDisk disk, string path)
    {
        if (disk.FileExists(path) || (disk.FolderExists(path) && disk.List(path).Count > 0))
        {
            throw new InputException(
                path, "there is something already", "Choose another folder with --output, or delete this one first.");
        }
    }

    /// <summary>Writes the files beside the place, flushes them, and renames their folder.</summary>
    /// <returns>Sizes and hashes, in the order given.</returns>
    /// <exception cref="MorException">
    /// The place is taken, or the disk is full or fails; there is no folder then, or a whole one.
    /// </exception>
    public static IReadOnlyList<ManifestEntry> Write(IDisk disk, string path, IReadOnlyList<CheckpointFile> content)
    {
        RequireFree(disk, path);
        var parent = Path.GetDirectoryName(path)
            ?? throw new InputException(
                path, "this cannot be a folder of an adapter", "Choose another folder with --output.");
        var temporary = Path.Combine(parent, CheckpointNames.TemporaryPrefix + Path.GetFileName(path));
        disk.CreateFolderDurably(parent);
        disk.DeleteFolder(temporary);
        try
        {
            disk.CreateFolder(temporary);
            ManifestEntry[] written = [.. content.Select(file => file.Save(disk, temporary))];
            disk.FlushFolder(temporary);
            disk.Rename(temporary, path);
            disk.FlushFolder(parent);
            return written;
        }
        catch
        {
            Discard(disk, temporary);
            throw;
        }
    }

    private static void Discard(IDisk disk, string temporary)
    {
        try
        {
            disk.DeleteFolder(temporary);
        }
        catch (MorException)
        {
            // The first failure is the one to report.
        }
    }
}
