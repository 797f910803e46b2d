using MoR.Cluster.Disk;

namespace MoR.Simulation.Disk;

/// <summary>A file of a <see cref="FaultyDisk"/> open for writing at its end.</summary>
internal sealed class FaultyStream(FaultyDisk disk, FaultyFile file, string path) : DiskStream
{
    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => file.Content.Length;

    public override long Position
    {
        get => Length;
        set => throw new NotSupportedException();
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer) => disk.Write(file, path, buffer);

    public override void Flush()
    {
    }

    public override void FlushToDisk() => disk.FlushFile(file, path);

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
