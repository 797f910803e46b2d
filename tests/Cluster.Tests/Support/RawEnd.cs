using MoR.Cluster.Framing;
using MoR.Cluster.Links;
using MoR.Cluster.Transport;

namespace MoR.Cluster.Tests.Support;

/// <summary>A link whose other end is the test: it reads and writes frames as bytes.</summary>
internal sealed class RawEnd : IAsyncDisposable
{
    public RawEnd(LinkOptions? options = null, int room = 1 << 12, Func<Stream, Stream>? wrap = null)
    {
        Streams = new MemoryStreamPair(room);
        var stream = wrap?.Invoke(Streams.First) ?? Streams.First;
        Link = new Link(new Connection(stream, "peer", false), "peer", options ?? new LinkOptions(), Memory, Time);
        Running = Link.RunAsync();
    }

    public ManualTime Time { get; } = new();

    public CountingMemory Memory { get; } = new();

    public MemoryStreamPair Streams { get; }

    public Link Link { get; }

    public Task Running { get; }

    public ValueTask WriteAsync(params byte[] bytes) => Streams.Second.WriteAsync(bytes);

    /// <summary>Writes a frame with its right checksum.</summary>
    public async Task WriteFrameAsync(FrameKind kind, uint id, byte[] body)
    {
        var header = new byte[FrameHeader.Size];
        FrameHeader.Of(kind, id, body, checksums: true).Write(header);
        await WriteAsync([.. header, .. body]);
    }

    /// <summary>Reads a frame; its checksum must be right.</summary>
    public async Task<(FrameHeader Header, byte[] Body)> ReadFrameAsync()
    {
        var bytes = new byte[FrameHeader.Size];
        await ReadAsync(bytes);
        var header = FrameHeader.Read(bytes, checksums: true, "link");
        var body = new byte[header.BodyBytes];
        await ReadAsync(body);
        Assert.Equal(FrameHeader.Of(header.Kind, header.MessageId, body, checksums: true), header);
        return (header, body);
    }

    public async ValueTask DisposeAsync()
    {
        await Link.DisposeAsync();
        Assert.True(Running.IsCompletedSuccessfully);
        Assert.Equal(0, Memory.LiveTensors);
    }

    private async Task ReadAsync(Memory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var count = await Streams.Second.ReadAsync(bytes);
            Assert.NotEqual(0, count);
            bytes = bytes[count..];
        }
    }
}
