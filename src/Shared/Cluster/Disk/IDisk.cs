namespace MoR.Cluster.Disk;

/// <summary>
/// What the program asks of a file system, so that a test can lose power at any operation. Paths are absolute.
/// Nothing is durable until it is flushed: the bytes of a file by <see cref="DiskStream.FlushToDisk"/>, and a name (a
/// created, renamed, linked or deleted entry) by <see cref="FlushFolder"/> of the folder that holds it. Every failure
/// is a <see cref="Errors.MorException"/> that names the path, what was being done and the next step (see
/// <see cref="DiskErrors"/>).
/// </summary>
public interface IDisk
{
    /// <summary>Creates a file for writing; an existing one is emptied. Its folder must exist.</summary>
    DiskStream Create(string path);

    /// <summary>Opens a file for writing at its end; a missing one is created. Its folder must exist.</summary>
    DiskStream OpenAppend(string path);

    /// <summary>Opens an existing file for reading.</summary>
    Stream OpenRead(string path);

    /// <summary>Whether a file is there; links are followed.</summary>
    bool FileExists(string path);

    /// <summary>Whether a folder is there; links are followed.</summary>
    bool FolderExists(string path);

    /// <summary>The names (not paths) of everything in a folder, in ordinal order.</summary>
    IReadOnlyList<string> List(string folder);

    /// <summary>Creates a folder and its missing parents; an existing one is left as it is.</summary>
    void CreateFolder(string path);

    /// <summary>
    /// Renames a file, link or folder within one file system, in one step: an existing file or link called
    /// <paramref name="newPath"/> is replaced, and at every moment one of the two is there. A folder replaces only an
    /// empty one.
    /// </summary>
    void Rename(string path, string newPath);

    /// <summary>Deletes a file or link (not what it points to); a missing one is no error.</summary>
    void DeleteFile(string path);

    /// <summary>Deletes a folder with everything in it, following no links; a missing one is no error.</summary>
    void DeleteFolder(string path);

    /// <summary>Makes the names in a folder durable (<c>fsync</c> on the folder).</summary>
    void FlushFolder(string path);

    /// <summary>
    /// Makes <paramref name="path"/> a symbolic link to <paramref name="target"/> (absolute, or relative to the
    /// folder of <paramref name="path"/>). An existing link is replaced in one step, so a reader always finds the old
    /// or the new one.
    /// </summary>
    void ReplaceLink(string path, string target);

    /// <summary>What the link at <paramref name="path"/> points to, as written; null where there is no link.</summary>
    string? ReadLink(string path);

    /// <summary>
    /// Locks a file (created if missing) for this process until the result is disposed or the process ends, however
    /// it ends. Returns null where somebody else holds it, with <paramref name="holder"/> saying who: "process 4711
    /// on lab3".
    /// </summary>
    IDisposable? TryLock(string path, out string holder);

    /// <summary>Who holds the lock of a file, as <see cref="TryLock"/> would say; null for nobody. Changes nothing.</summary>
    string? LockHolder(string path);

    /// <summary>Bytes that this user may still write on the file system of an existing path.</summary>
    long FreeBytes(string path);
}
