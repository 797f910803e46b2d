namespace MoR.Cluster.Disk.Runtime;

/// <summary>A real file; every failure names it and what was being done. Not buffered: callers write blocks.</summary>
internal sealed class PhysicalStream(FileStream inner, string path) : DiskStream
{
    public override bool CanRead => inner.CanRead;

    public override bool CanSeek => inner.CanSeek;

    public override bool CanWrite => inner.CanWrite;

    public override long Length => inner.Length;

    public override long Position
    {
        get => inner.Position;
        set => inner.Position = value;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        try
        {
            return inner.Read(buffer);
        }
        catch (Exception exception) when (DiskErrors.IsDiskFailure(exception))
        {
            throw DiskErrors.FromException(path, "reading the file", exception);
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        try
        {
            inner.Write(buffer);
        }
        catch (Exception exception) when (DiskErrors.IsDiskFailure(exception))
        {
            throw DiskErrors.FromException(path, "writing the file", exception);
        }
    }

    /// <summary>Nothing to do: no bytes are held back here.</summary>
    public override void Flush()
    {
    }

    public override void FlushToDisk()
    {
        try
        {
            inner.Flush(flushToDisk: true);
        }
        catch (Exception exception) when (DiskErrors.IsDiskFailure(exception))
        {
            throw DiskErrors.FromException(path, "flushing the file to disk", exception);
        }
    }

    public override long Seek(long offset, SeekOrigin origin) => inner.Seek(offset, origin);

    public override void SetLength(long value) => inner.SetLength(value);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}
