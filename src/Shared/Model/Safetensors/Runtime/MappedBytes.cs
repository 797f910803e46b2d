using System.IO.MemoryMappedFiles;
using MoR.Cluster.Disk;
using MoR.Cluster.Errors;

namespace MoR.Model.Safetensors.Runtime;

/// <summary>
/// A file mapped into memory, read-only. Pages are read when they are touched and belong to the page cache, so a
/// backbone costs no memory of ours. Whoever shortens the file while it is mapped ends the process.
/// </summary>
internal sealed class MappedBytes : SafetensorsBytes
{
    private readonly MemoryMappedFile map;
    private readonly MemoryMappedViewAccessor view;
    private bool isClosed;

    private unsafe MappedBytes(MemoryMappedFile map, MemoryMappedViewAccessor view, long length)
    {
        (this.map, this.view, Length) = (map, view, length);
        byte* start = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        Address = (nint)(start + view.PointerOffset);
    }

    public override nint Address { get; }

    public override long Length { get; }

    /// <summary>Whether there is a file (not a folder) at a path.</summary>
    public static bool Exists(string path) => File.Exists(path);

    /// <summary>Maps a whole file.</summary>
    /// <exception cref="MorException">It is missing, empty, or cannot be read.</exception>
    public static MappedBytes Open(string path)
    {
        try
        {
            using var file = File.OpenHandle(
                path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var length = RandomAccess.GetLength(file);
            if (length == 0)
            {
                throw new InputException(path, "the file is empty", "Copy or download it again.");
            }

            var whole = MemoryMappedFile.CreateFromFile(
                file, mapName: null, capacity: 0, MemoryMappedFileAccess.Read,
                HandleInheritability.None, leaveOpen: true);
            return new(whole, whole.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read), length);
        }
        catch (Exception exception) when (DiskErrors.IsDiskFailure(exception))
        {
            throw DiskErrors.FromException(path, "opening the file to read", exception);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (!isClosed && disposing)
        {
            isClosed = true;
            view.SafeMemoryMappedViewHandle.ReleasePointer();
            view.Dispose();
            map.Dispose();
        }
    }
}
