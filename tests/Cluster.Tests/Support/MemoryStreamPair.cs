namespace MoR.Cluster.Tests.Support;

/// <summary>Two ends of a connection in memory.</summary>
internal sealed class MemoryStreamPair
{
    /// <param name="room">Bytes on the way in each direction.</param>
    public MemoryStreamPair(int room = 1 << 16)
    {
        (ToSecond, ToFirst) = (new MemoryPipe(room), new MemoryPipe(room));
        (First, Second) = (new MemoryStreamEnd(ToFirst, ToSecond), new MemoryStreamEnd(ToSecond, ToFirst));
    }

    public MemoryPipe ToFirst { get; }

    public MemoryPipe ToSecond { get; }

    public Stream First { get; }

    public Stream Second { get; }
}
