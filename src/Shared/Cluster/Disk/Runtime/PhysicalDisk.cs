namespace MoR.Cluster.Disk.Runtime;

/// <summary>The file system of this machine (Linux).</summary>
public sealed class PhysicalDisk : IDisk
{
    // Readers and writers of one file do not exclude each other: the run's lock does that.
    private const FileShare ShareAll = FileShare.ReadWrite | FileShare.Delete;

    /// <inheritdoc/>
    public DiskStream Create(string path) => Open(path, FileMode.Create, FileAccess.Write, "creating the file");

    /// <inheritdoc/>
    public DiskStream OpenAppend(string path) =>
        Open(path, FileMode.Append, FileAccess.Write, "opening the file to append");

    /// <inheritdoc/>
    public Stream OpenRead(string path) => Open(path, FileMode.Open, FileAccess.Read, "opening the file to read");

    /// <inheritdoc/>
    public bool FileExists(string path) => File.Exists(path);

    /// <inheritdoc/>
    public bool FolderExists(string path) => Directory.Exists(path);

    /// <inheritdoc/>
    public IReadOnlyList<string> List(string folder) => Try(folder, "listing the folder", () =>
    {
        var names = Directory.EnumerateFileSystemEntries(folder).Select(path => Path.GetFileName(path)).ToArray();
        Array.Sort(names, StringComparer.Ordinal);
        return names;
    });

    /// <inheritdoc/>
    public void CreateFolder(string path) =>
        Try(path, "creating the folder", () => Directory.CreateDirectory(path));

    /// <inheritdoc/>
    public void Rename(string path, string newPath) => LinuxCalls.RenameEntry(path, newPath);

    /// <inheritdoc/>
    public void DeleteFile(string path) => Try(path, "deleting the file", () =>
    {
        if (Directory.Exists(Path.GetDirectoryName(path)))
        {
            File.Delete(path);
        }

        return true;
    });

    /// <inheritdoc/>
    public void DeleteFolder(string path) => Try(path, "deleting the folder", () =>
    {
        if (Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }

        return true;
    });

    /// <inheritdoc/>
    public void FlushFolder(string path)
    {
        using var handle = LinuxCalls.OpenHandle(path, LinuxCalls.ReadOnly, "opening the folder");
        LinuxCalls.FlushFolder(handle, path);
    }

    /// <inheritdoc/>
    public void ReplaceLink(string path, string target)
    {
        var temporary = path + DiskExtensions.TemporaryEnding;
        DeleteFile(temporary);
        Try(path, "creating the link", () => File.CreateSymbolicLink(temporary, target));
        Rename(temporary, path);
    }

    /// <inheritdoc/>
    public string? ReadLink(string path) => Try(path, "reading the link", () => new FileInfo(path).LinkTarget);

    /// <inheritdoc/>
    public IDisposable? TryLock(string path, out string holder) => PhysicalLock.TryTake(path, out holder);

    /// <inheritdoc/>
    public string? LockHolder(string path) => PhysicalLock.HolderOf(path);

    /// <inheritdoc/>
    public long FreeBytes(string path) =>
        Try(path, "asking for its free space", () => new DriveInfo(path).AvailableFreeSpace);

    private static PhysicalStream Open(string path, FileMode mode, FileAccess access, string action) =>
        Try(path, action, () => new PhysicalStream(new FileStream(path, mode, access, ShareAll, bufferSize: 0), path));

    private static T Try<T>(string path, string action, Func<T> call)
    {
        try
        {
            return call();
        }
        catch (Exception exception) when (DiskErrors.IsDiskFailure(exception))
        {
            throw DiskErrors.FromException(path, action, exception);
        }
    }
}
