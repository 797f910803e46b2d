namespace MoR.Cluster.Disk;

/// <summary>
/// A file open for writing on an <see cref="IDisk"/>. Closing it does not make it durable; flushing does.
/// </summary>
public abstract class DiskStream : Stream
{
    /// <summary>Returns when every byte written so far is on the medium (<c>fsync</c>), or throws.</summary>
    public abstract void FlushToDisk();
}
