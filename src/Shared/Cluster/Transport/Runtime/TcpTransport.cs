using System.Net;
using System.Net.Sockets;
using MoR.Cluster.Errors;
using MoR.Cluster.Links;

namespace MoR.Cluster.Transport.Runtime;

/// <summary>TCP, with TLS on both sides where there are certificates.</summary>
/// <param name="tls">This process's certificate and the authority that peers must have theirs from; null for bare TCP.</param>
public sealed class TcpTransport(TlsIdentity? tls = null) : ITransport
{
    private const int WaitingConnections = 128; // in the kernel, until they are accepted

    /// <inheritdoc/>
    public async Task<Connection> ConnectAsync(string address, CancellationToken cancel)
    {
        var parsed = NetworkAddress.Parse(address);
        var socket = NewSocket();
        try
        {
            await socket.ConnectAsync(new DnsEndPoint(parsed.Host, parsed.Port), cancel);
            var stream = new NetworkStream(socket, ownsSocket: true);
            return tls == null ? new Connection(stream, address, IsProtected: false) : await tls.ConnectAsync(stream, parsed, cancel);
        }
        catch (Exception exception)
        {
            socket.Dispose();
            throw exception switch
            {
                SocketException failure => new LinkException(address, $"cannot be connected to ({failure.Message})", failure),
                OperationCanceledException => new LinkException(address, "did not take the connection in time", exception),
                _ => exception,
            };
        }
    }

    /// <inheritdoc/>
    public IListener Listen(string address)
    {
        var parsed = NetworkAddress.Parse(address);
        tls?.RequireServer();
        try
        {
            var place = IPAddress.TryParse(parsed.Host, out var ip) ? ip : Dns.GetHostAddresses(parsed.Host)[0];
            var socket = new Socket(place.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.Bind(new IPEndPoint(place, parsed.Port));
                socket.Listen(WaitingConnections);
            }
            catch
            {
                socket.Dispose();
                throw;
            }

            return new TcpConnectionListener(socket, tls);
        }
        catch (SocketException cause)
        {
            throw new InputException($"address '{address}'", $"cannot be listened on ({cause.Message})",
                "Give an address of this machine and a free port; port 0 takes any.", cause);
        }
    }

    /// <summary>What every socket of ours has: small messages leave at once. Buffers are left to the kernel, which sizes them by the
    /// path; a size of ours would also be capped by the system's limit.</summary>
    internal static void Prepare(Socket socket) => socket.NoDelay = true;

    private static Socket NewSocket()
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        Prepare(socket);
        return socket;
    }
}
