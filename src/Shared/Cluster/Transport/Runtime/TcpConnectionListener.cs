using System.Net.Sockets;
using MoR.Cluster.Links;

namespace MoR.Cluster.Transport.Runtime;

/// <summary>A listening socket.</summary>
internal sealed class TcpConnectionListener(Socket socket, TlsIdentity? tls) : IListener
{
    public string Address { get; } = socket.LocalEndPoint!.ToString()!;

    public async Task<IncomingConnection> AcceptAsync(CancellationToken cancel)
    {
        while (true)
        {
            try
            {
                return Incoming(await socket.AcceptAsync(cancel));
            }
            catch (SocketException exception)
                when (exception.SocketErrorCode is SocketError.ConnectionReset or SocketError.ConnectionAborted)
            {
                // It left before it was taken.
            }
            catch (SocketException exception)
            {
                throw new LinkException(Address, $"takes no connection ({exception.Message})", exception);
            }
        }
    }

    public ValueTask DisposeAsync()
    {
        socket.Dispose();
        return ValueTask.CompletedTask;
    }

    private IncomingConnection Incoming(Socket accepted)
    {
        TcpTransport.Prepare(accepted);
        // It may have left already, and then has no address.
        var peer = accepted.RemoteEndPoint?.ToString() ?? "a peer that left";
        var stream = new NetworkStream(accepted, ownsSocket: true);
        return new IncomingConnection(peer, OpenAsync, stream.Dispose);

        Task<Connection> OpenAsync(CancellationToken cancel) =>
            tls?.AcceptAsync(stream, peer, cancel) ?? Task.FromResult(new Connection(stream, peer, IsProtected: false));
    }
}
