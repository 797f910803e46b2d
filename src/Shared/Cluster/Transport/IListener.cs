namespace MoR.Cluster.Transport;

/// <summary>Takes connections.</summary>
public interface IListener : IAsyncDisposable
{
    /// <summary>"host:port", with the port that was taken.</summary>
    string Address { get; }

    /// <summary>The next connection, not authenticated and with TLS not negotiated yet.</summary>
    Task<IncomingConnection> AcceptAsync(CancellationToken cancel);
}
