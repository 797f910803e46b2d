using MoR.Cluster.Links;
using MoR.Cluster.Transport;

namespace MoR.Cluster.Tests.Support;

/// <summary>Two links that talk to each other in memory, on a clock that the test moves.</summary>
internal sealed class LinkPair : IAsyncDisposable
{
    public LinkPair(LinkOptions? options = null, int room = 1 << 16)
    {
        Streams = new MemoryStreamPair(room);
        First = new Link(new Connection(Streams.First, "second", false), "second", options ?? new LinkOptions(), Memory, Time);
        Second = new Link(new Connection(Streams.Second, "first", false), "first", options ?? new LinkOptions(), Memory, Time);
    }

    public ManualTime Time { get; } = new();

    public CountingMemory Memory { get; } = new();

    public MemoryStreamPair Streams { get; }

    public Link First { get; }

    public Link Second { get; }

    public LinkPair Run()
    {
        _ = First.RunAsync();
        _ = Second.RunAsync();
        return this;
    }

    public async ValueTask DisposeAsync()
    {
        await First.DisposeAsync();
        await Second.DisposeAsync();
        Assert.Equal(0, Memory.LiveTensors);
    }
}
