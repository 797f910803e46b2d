using MoR.Cluster.Transport;
using MoR.Cluster.Transport.Runtime;

namespace MoR.EndToEnd.Tests.Cluster;

/// <summary>Listens as a coordinator does, and knows no join token: it says that everybody is admitted, and cannot prove itself.</summary>
internal sealed class FalseCoordinator : IAsyncDisposable
{
    private readonly TlsIdentity? _identity;
    private readonly IListener _listener;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    public FalseCoordinator(TlsIdentity? identity)
    {
        _identity = identity;
        _listener = new TcpTransport(identity).Listen("127.0.0.1:0");
        _running = RunAsync();
    }

    public string Address => _listener.Address;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        await _listener.DisposeAsync();
        _identity?.Dispose();
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                var incoming = await _listener.AcceptAsync(_stop.Token);
                try
                {
                    await using var connection = await incoming.OpenAsync(_stop.Token);
                    await AdmitAsync(connection.Stream);
                }
                catch (Exception exception) when (exception is MoR.Cluster.Links.LinkException or IOException)
                {
                    // The node has gone.
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }

    private async Task AdmitAsync(Stream stream)
    {
        var hello = new byte[44];
        await stream.ReadExactlyAsync(hello, _stop.Token);
        hello[8] = 2; // it calls itself a coordinator
        hello[^1] ^= 1; // with another challenge
        await stream.WriteAsync(hello, _stop.Token);
        var proof = new byte[32];
        await stream.ReadExactlyAsync(proof, _stop.Token);
        proof[0] ^= 1;
        await stream.WriteAsync((byte[])[0, 0, 0, 0, .. proof], _stop.Token);
        await stream.CopyToAsync(Stream.Null, _stop.Token);
    }
}
