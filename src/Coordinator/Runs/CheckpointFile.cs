using MoR.Cluster.Disk;
using MoR.Cluster.Errors;

namespace MoR.Coordinator.Runs;

/// <summary>One file of a checkpoint or of an exported adapter, to be saved.</summary>
/// <param name="Name">A plain file name, such as <c>adapter.safetensors</c>.</param>
/// <param name="Write">Writes the content; equal states must write equal bytes.</param>
public sealed record CheckpointFile(string Name, Action<Stream> Write)
{
    private const int BufferBytes = 1 << 17;

    /// <summary>Writes the file into a folder and flushes it.</summary>
    /// <exception cref="RunException">The disk is full or fails.</exception>
    internal ManifestEntry Save(IDisk disk, string folder)
    {
        using var file = disk.Create(Path.Combine(folder, Name));
        using var hash = new ContentHash();

        // Not disposed: that would write the rest of a buffer after a failed write.
        var buffered = new BufferedStream(new HashedStream(file, hash), BufferBytes);
        Write(buffered);
        buffered.Flush();
        file.FlushToDisk();
        var (bytes, sha256) = hash.Result();
        return new ManifestEntry(Name, bytes, sha256);
    }
}
