namespace MoR.Cluster.Transport;

/// <summary>
/// Reliable ordered streams of bytes between processes: TCP, perhaps with TLS, or a simulated network. A stream that was
/// opened is not trusted yet; the handshake comes first.
/// </summary>
public interface ITransport
{
    /// <summary>Opens a stream to an address.</summary>
    /// <param name="address">"host:port".</param>
    /// <param name="cancel">Ends the wait; the caller's deadline.</param>
    /// <exception cref="MoR.Cluster.Links.LinkException">Nobody answers there, or who answers cannot be talked to.</exception>
    Task<Connection> ConnectAsync(string address, CancellationToken cancel);

    /// <summary>Listens on an address; port 0 takes any free one.</summary>
    /// <exception cref="MoR.Cluster.Errors.InputException">The address cannot be listened on.</exception>
    IListener Listen(string address);
}
