using System.Net;
using System.Net.Sockets;
using MoR.Cluster.Protocol.Wire;

namespace MoR.EndToEnd.Tests.Cluster.Chaos;

/// <summary>
/// Stands between one node and the coordinator. It reads what the coordinator sends, tells where the run is before it passes that
/// on, and can break the connection in the ways that networks do.
/// </summary>
/// <param name="coordinator">Where the coordinator listens now.</param>
/// <param name="passing">Told of each step and phase that is about to pass; it passes when this has ended.</param>
internal sealed class ChaosProxy(Func<string> coordinator, Func<ChaosProxy, long, ChaosPhase, Task> passing) : IAsyncDisposable
{
    private readonly TcpListener _listener = Listen();
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private readonly List<Task> _running = [];
    private ChaosConnection? _current;

    /// <summary>Where the node connects to.</summary>
    public string Address => _listener.LocalEndpoint.ToString()!;

    /// <summary>Whether a node is connected through it, as far as anybody has noticed.</summary>
    public bool IsConnected => _current is { IsOpen: true };

    /// <summary>Takes connections until it is disposed of.</summary>
    public void Start() => _running.Add(AcceptAsync());

    /// <summary>Ends the connection.</summary>
    public void Cut() => _current?.Close();

    /// <summary>Nothing passes any longer.</summary>
    public void Swallow() => _current?.Swallow();

    /// <summary>Changes a byte of the next frame to the node.</summary>
    public void Corrupt() => _current?.Corrupt();

    /// <summary>Frames to the node take longer for a while.</summary>
    public void Delay(TimeSpan lasts) => _current?.Delay(lasts);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        Cut();
        Task[] running;
        lock (_lock)
        {
            running = [.. _running];
        }

        await Task.WhenAll(running);
        _stop.Dispose();
    }

    private static TcpListener Listen()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return listener;
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            TcpClient node;
            try
            {
                node = await _listener.AcceptTcpClientAsync(_stop.Token);
            }
            catch (Exception end) when (end is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }

            lock (_lock)
            {
                _running.Add(ServeAsync(node));
            }
        }
    }

    private async Task ServeAsync(TcpClient node)
    {
        using (node)
        {
            var to = new TcpClient();
            using (to)
            {
                try
                {
                    await to.ConnectAsync(IPEndPoint.Parse(coordinator()), _stop.Token);
                }
                catch (Exception refused) when (refused is SocketException or OperationCanceledException or FormatException)
                {
                    return; // the node looks for the coordinator again
                }

                var connection = new ChaosConnection(node, to, _stop.Token);
                _current = connection;
                await connection.RunAsync(
                    envelope => Moment(envelope) is var (step, phase) ? passing(this, step, phase) : Task.CompletedTask);
            }
        }
    }

    private static (long Step, ChaosPhase Phase)? Moment(Envelope envelope) => envelope.BodyCase switch
    {
        Envelope.BodyOneofCase.Publish => (envelope.Publish.Version + 1, ChaosPhase.Publish),
        Envelope.BodyOneofCase.PublishModel => (envelope.PublishModel.Version + 1, ChaosPhase.Publish),
        Envelope.BodyOneofCase.Forward => (envelope.Forward.Key.Step, ChaosPhase.Forward),
        Envelope.BodyOneofCase.MicroBatch => (envelope.MicroBatch.Key.Step, ChaosPhase.Forward),
        Envelope.BodyOneofCase.Backward => (envelope.Backward.Key.Step, ChaosPhase.Backward),
        _ => null,
    };
}
