using MoR.Coordinator.Benchmarks.Network.Runtime;
using MoR.Coordinator.Benchmarks.Runtime;

namespace MoR.Coordinator.Benchmarks.Network;

/// <summary>Two peer processes and a plain socket to each, which copy what steps would.</summary>
internal sealed class SocketsContender : IContender
{
    private const int Peers = 2;
    private readonly StepTraffic _step;
    private readonly TimeProvider _time;
    private readonly List<PeerProcess> _peers = [];
    private readonly List<PlainSocket> _sockets = [];

    private SocketsContender(string name, StepTraffic step, TimeProvider time) => (Name, _step, _time) = (name, step, time);

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>Starts the peers.</summary>
    public static async Task<SocketsContender> StartAsync(string name, StepTraffic step, TimeProvider time, CancellationToken stop)
    {
        var contender = new SocketsContender(name, step, time);
        try
        {
            for (var i = 0; i < Peers; i++)
            {
                contender._peers.Add(PeerProcess.Start());
                contender._sockets.Add(await PlainPeer.ConnectAsync(contender._peers[i], stop));
            }

            return contender;
        }
        catch
        {
            contender.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public async Task<Turn> RunAsync(int times, CancellationToken stop)
    {
        var (began, used) = (_time.GetTimestamp(), ProcessorTime.Seconds(_peers.Select(peer => peer.Id)));
        var job = new PlainJob(
            _step.MessagesOut * times / Peers, (int)(_step.BytesOut / _step.MessagesOut),
            _step.MessagesIn * times / Peers, (int)(_step.BytesIn / _step.MessagesIn), InTurn: false);
        await Task.WhenAll(_sockets.Select(socket => socket.DoAsync(job)));
        return new Turn(_time.GetElapsedTime(began).TotalSeconds, [])
        {
            ProcessorSeconds = ProcessorTime.Seconds(_peers.Select(peer => peer.Id)) - used,
        };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _sockets.ForEach(socket => socket.Dispose());
        _peers.ForEach(peer => peer.Dispose());
    }
}
