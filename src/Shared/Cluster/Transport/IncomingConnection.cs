namespace MoR.Cluster.Transport;

/// <summary>A connection that came in, before anything was read from it.</summary>
/// <param name="Peer">Where it comes from.</param>
/// <param name="OpenAsync">Negotiates what the transport wants (TLS), within the caller's deadline.</param>
/// <param name="Drop">Closes it without a word.</param>
public sealed record IncomingConnection(string Peer, Func<CancellationToken, Task<Connection>> OpenAsync, Action Drop);
