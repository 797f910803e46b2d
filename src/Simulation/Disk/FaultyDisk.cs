using MoR.Cluster.Disk;
using MoR.Cluster.Errors;

namespace MoR.Simulation.Disk;

/// <summary>
/// A disk in memory that keeps what was written apart from what was flushed, and fails on request: full after so many
/// bytes, an I/O error at one operation, or a power cut at one operation, after which <see cref="Restart"/> shows
/// what the medium holds.
/// </summary>
internal sealed class FaultyDisk : IDisk
{
    private const int NoSuchEntry = 2;
    private const int IoError = 5;
    private const int NotAFolder = 20;
    private const int NotEmpty = 39;

    private readonly SortedSet<string> locks = new(StringComparer.Ordinal);
    private FaultyFolder root = new();
    private bool isDown;

    /// <summary>Operations since the last restart, in order, for messages.</summary>
    public List<string> Operations { get; } = [];

    /// <summary>The power fails during this operation (1 is the first); a write leaves half of its bytes.</summary>
    public int PowerLossAt { get; set; } = int.MaxValue;

    /// <summary>Called when the power fails, before whoever wrote notices.</summary>
    public Action PowerLost { get; set; } = () => { };

    /// <summary>This operation (1 is the first) fails with an I/O error, and nothing of it happens.</summary>
    public int ErrorAt { get; set; } = int.MaxValue;

    /// <summary>Called as it does.</summary>
    public Action ErrorCame { get; set; } = () => { };

    /// <summary>Bytes that can still be written.</summary>
    public long Space { get; set; } = long.MaxValue;

    /// <summary>Files for which the medium keeps another bit than was written, noticed only by reading back.</summary>
    public Predicate<string> IsLying { get; set; } = _ => false;

    /// <summary>
    /// The power comes back: what was not flushed survives as told, locks are gone, faults are cleared.
    /// </summary>
    public void Restart(Survival survival, int seed)
    {
        root = (FaultyFolder)root.AfterCrash(survival, new System.Random(seed));
        Kill();
    }

    /// <summary>
    /// The process dies and the machine lives on: all is seen, and what was not flushed still is not.
    /// </summary>
    public void Kill()
    {
        locks.Clear();
        Operations.Clear();
        (isDown, PowerLossAt, ErrorAt, Space) = (false, int.MaxValue, int.MaxValue, long.MaxValue);
    }

    /// <summary>Flips one bit of a file behind everybody's back.</summary>
    public void FlipBit(string path, int position)
    {
        var file = FileAt(path, "flipping");
        file.Content = [.. file.Content];
        file.Content[position] ^= 1;
        file.Flush();
    }

    public DiskStream Create(string path)
    {
        Begin($"create {path}");
        var (folder, name) = Place(path, "creating the file");
        if (folder.Entries.GetValueOrDefault(name) is FaultyFile existing)
        {
            existing.Content = [];
            return new FaultyStream(this, existing, path);
        }

        var file = new FaultyFile([]);
        folder.Change((name, file));
        return new FaultyStream(this, file, path);
    }

    public DiskStream OpenAppend(string path)
    {
        Begin($"append {path}");
        var (folder, name) = Place(path, "opening the file to append");
        if (folder.Entries.GetValueOrDefault(name) is not FaultyFile file)
        {
            file = new FaultyFile([]);
            folder.Change((name, file));
        }

        return new FaultyStream(this, file, path);
    }

    public Stream OpenRead(string path)
    {
        Begin($"read {path}");
        return new MemoryStream(FileAt(path, "opening the file to read").Content, writable: false);
    }

    public bool FileExists(string path) => Find(path) is FaultyFile;

    public bool FolderExists(string path) => Find(path) is FaultyFolder;

    public IReadOnlyList<string> List(string folder)
    {
        Begin($"list {folder}");
        return [.. FolderAt(folder, "listing the folder").Entries.Keys];
    }

    public void CreateFolder(string path)
    {
        Begin($"create folder {path}");
        var folder = root;
        foreach (var name in Split(path))
        {
            if (!folder.Entries.ContainsKey(name))
            {
                folder.Change((name, new FaultyFolder()));
            }

            folder = folder.Entries[name] as FaultyFolder ?? throw Error(path, "creating the folder", NotAFolder);
        }
    }

    public void Rename(string path, string newPath)
    {
        Begin($"rename {path} to {newPath}");
        var action = $"renaming '{Path.GetFileName(path)}' to '{Path.GetFileName(newPath)}'";
        var (from, name) = Place(path, action);
        var (to, newName) = Place(newPath, action);
        var entry = from.Entries.GetValueOrDefault(name) ?? throw Error(newPath, action, NoSuchEntry);
        if (to.Entries.GetValueOrDefault(newName) is FaultyFolder { Entries.Count: > 0 })
        {
            throw Error(newPath, action, NotEmpty);
        }

        if (from != to)
        {
            throw new NotSupportedException("Nothing in the project renames across folders.");
        }

        from.Change((name, null), (newName, entry));
    }

    public void DeleteFile(string path)
    {
        Begin($"delete {path}");
        if (Find(Path.GetDirectoryName(path)!) is FaultyFolder folder
            && folder.Entries.ContainsKey(Path.GetFileName(path)))
        {
            folder.Change((Path.GetFileName(path), null));
        }
    }

    public void DeleteFolder(string path)
    {
        // As on a real disk, a folder goes piece by piece, and the power can fail between two of them.
        if (Find(path) is FaultyFolder folder)
        {
            foreach (var (name, entry) in folder.Entries.ToArray())
            {
                if (entry is FaultyFolder)
                {
                    DeleteFolder(Path.Combine(path, name));
                }
                else
                {
                    DeleteFile(Path.Combine(path, name));
                }
            }

            DeleteFile(path);
        }
    }

    public void FlushFolder(string path)
    {
        Begin($"flush folder {path}");
        FolderAt(path, "flushing the folder to disk").Flush();
    }

    public void ReplaceLink(string path, string target)
    {
        var temporary = path + DiskExtensions.TemporaryEnding;
        DeleteFile(temporary);
        Begin($"link {temporary}");
        var (folder, name) = Place(temporary, "creating the link");
        folder.Change((name, new FaultyLink(target)));
        Rename(temporary, path);
    }

    public string? ReadLink(string path)
    {
        var folder = Find(Path.GetDirectoryName(path)!) as FaultyFolder;
        return (folder?.Entries.GetValueOrDefault(Path.GetFileName(path)) as FaultyLink)?.Target;
    }

    public IDisposable? TryLock(string path, out string holder)
    {
        Begin($"lock {path}");
        holder = "process 1 on test";
        if (!locks.Add(path))
        {
            return null;
        }

        using var file = Create(path);
        return new Held(locks, path);
    }

    public string? LockHolder(string path) => locks.Contains(path) ? "process 1 on test" : null;

    public long FreeBytes(string path) => Space;

    internal void Write(FaultyFile file, string path, ReadOnlySpan<byte> bytes)
    {
        try
        {
            Begin($"write {bytes.Length} bytes to {path}");
        }
        catch (PowerLossException)
        {
            file.Content = [.. file.Content, .. bytes[..(bytes.Length / 2)]];
            throw;
        }

        var fitting = (int)Math.Min(bytes.Length, Space);
        file.Content = [.. file.Content, .. bytes[..fitting]];
        Space -= fitting;
        if (fitting < bytes.Length)
        {
            throw DiskErrors.Full(path, "writing the file");
        }
    }

    internal void FlushFile(FaultyFile file, string path)
    {
        Begin($"flush {path}");
        file.Flush();
        if (IsLying(path))
        {
            FlipBit(path, 0);
        }
    }

    private static string[] Split(string path) => path.Split('/', StringSplitOptions.RemoveEmptyEntries);

    private static MorException Error(string path, string action, int errno) =>
        DiskErrors.FromErrno(path, action, errno, "simulated error");

    private void Begin(string operation)
    {
        Operations.Add(operation);
        if (isDown || Operations.Count == PowerLossAt)
        {
            if (!isDown)
            {
                isDown = true;
                PowerLost();
            }

            throw new PowerLossException(operation);
        }

        if (Operations.Count == ErrorAt)
        {
            ErrorAt = int.MaxValue;
            ErrorCame();
            throw Error(operation, "doing this", IoError);
        }
    }

    private FaultyEntry? Find(string path)
    {
        FaultyEntry? entry = root;
        var here = "/";
        foreach (var name in Split(path))
        {
            entry = (entry as FaultyFolder)?.Entries.GetValueOrDefault(name);
            if (entry is FaultyLink link)
            {
                entry = Find(Path.GetFullPath(Path.Combine(here, link.Target)));
            }

            here = Path.Combine(here, name);
        }

        return entry;
    }

    private FaultyFile FileAt(string path, string action) =>
        Find(path) as FaultyFile ?? throw Error(path, action, NoSuchEntry);

    private FaultyFolder FolderAt(string path, string action) =>
        Find(path) as FaultyFolder ?? throw Error(path, action, NoSuchEntry);

    private (FaultyFolder Folder, string Name) Place(string path, string action) =>
        (FolderAt(Path.GetDirectoryName(path)!, action), Path.GetFileName(path));

    private sealed class Held(SortedSet<string> locks, string path) : IDisposable
    {
        public void Dispose() => locks.Remove(path);
    }
}
