namespace MoR.Cluster.Transport;

/// <summary>An open stream to a peer; owns it.</summary>
/// <param name="Stream">Reads and writes; disposing of it ends both directions at once.</param>
/// <param name="Peer">Who it is, for messages: "10.0.0.7:51342".</param>
/// <param name="IsProtected">Whether TLS guards the bytes, so that frames need no checksum.</param>
public sealed record Connection(Stream Stream, string Peer, bool IsProtected) : IAsyncDisposable
{
    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Stream.DisposeAsync();
}
