using System.Text.Json.Nodes;
using MoR.Cluster.Links;
using MoR.Cluster.Protocol.Wire;
using MoR.Coordinator.Benchmarks.Network.Runtime;
using MoR.Coordinator.Cluster;
using MoR.Model.Experts;
using static TorchSharp.torch;

namespace MoR.Coordinator.Benchmarks.Network;

/// <summary>This process's end of a link to a peer process.</summary>
internal sealed class MadeLink : IAsyncDisposable
{
    private const string AnyPort = "127.0.0.1:0";
    private readonly Link _link;
    private readonly Task _running;
    private readonly Task<JsonObject> _peer;

    private MadeLink(Link link, WatchedStream stream, Task<JsonObject> peer) =>
        (_link, _running, Stream, _peer) = (link, link.RunAsync(), stream, peer);

    /// <summary>Watches what the peer sends.</summary>
    public WatchedStream Stream { get; }

    /// <summary>Connects a peer process.</summary>
    /// <param name="peer">The process.</param>
    /// <param name="bytesPerSecond">How fast it may read; 0 for no limit.</param>
    /// <param name="around">The network.</param>
    /// <param name="time">The clock.</param>
    /// <param name="stop">Ends the wait.</param>
    public static async Task<MadeLink> ConnectAsync(
        PeerProcess peer, long bytesPerSecond, ClusterSurroundings around, TimeProvider time, CancellationToken stop)
    {
        WatchedStream? watched = null;
        var transport = new ObservedTransport(around.Transport(null), stream => watched = new WatchedStream(stream, 0, time));
        await using var listener = transport.Listen(AnyPort);
        var playing = peer.PlayAsync(new PeerRole(PeerRole.Link, listener.Address) { BytesPerSecond = bytesPerSecond }, stop);
        var accepting = listener.AcceptAsync(stop);
        if (await Task.WhenAny(accepting, playing) == playing)
        {
            await playing; // throws what ended it
        }

        using var deadline = new CancellationTokenSource(Handshake.Deadline, time);
        var connection = await new Handshake(token: null, around.Random, time).AcceptAsync(await accepting, deadline.Token);
        var link = new Link(connection, connection.Peer, new LinkOptions(), new TorchWireMemory(), time);
        return new MadeLink(link, watched!, playing);
    }

    /// <summary>A message of one tensor of so many bytes, f32.</summary>
    public static WireMessage Message(long bytes) =>
        new(new Envelope { Publish = new Publish() }, new TorchWireTensor(zeros([bytes / sizeof(float)], float32)));

    /// <summary>Sends a message so many times, some at once; ends when the peer has them all.</summary>
    public async Task SendAsync(WireMessage message, int times, int atOnce)
    {
        var sending = new Queue<Task>();
        for (var i = 0; i < times; i++)
        {
            if (sending.Count == atOnce)
            {
                await sending.Dequeue();
            }

            sending.Enqueue(_link.SendAsync(message, SendPriority.Critical));
        }

        await Task.WhenAll(sending);
        await _link.SendAsync(new WireMessage(new Envelope { LeaveRequest = new LeaveRequest() }), SendPriority.Critical);
        using var answer = await _link.ReceiveAsync(CancellationToken.None);
    }

    /// <summary>Ends the link.</summary>
    /// <returns>What the peer has to say.</returns>
    public async Task<JsonObject> EndAsync()
    {
        await DisposeAsync();
        return await _peer;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _link.DisposeAsync();
        await _running;
    }
}
