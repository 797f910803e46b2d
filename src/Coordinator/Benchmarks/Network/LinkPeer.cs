using System.Security.Cryptography;
using System.Text.Json.Nodes;
using MoR.Cluster.Links;
using MoR.Cluster.Protocol.Wire;
using MoR.Cluster.Transport;
using MoR.Model.Experts;

namespace MoR.Coordinator.Benchmarks.Network;

/// <summary>A link that takes messages and lets them go, and says when it has all that came before a question.</summary>
public static class LinkPeer
{
    /// <summary>Connects and serves until the other end leaves.</summary>
    /// <returns>The longest time without a sign of life: <c>largest_gap_seconds</c>.</returns>
    public static async Task<JsonObject> ServeAsync(
        PeerRole role, ITransport transport, RandomNumberGenerator random, TimeProvider time, CancellationToken stop)
    {
        WatchedStream? watched = null;
        var observed = new ObservedTransport(transport, stream => watched = new WatchedStream(stream, role.BytesPerSecond, time));
        var connection = await new Handshake(token: null, random, time).ConnectAsync(observed, role.Address, stop);
        await using var link = new Link(connection, connection.Peer, new LinkOptions(), new TorchWireMemory(), time);
        var running = link.RunAsync();
        watched!.Restart();
        var largest = TimeSpan.Zero;
        try
        {
            while (true)
            {
                using var message = await link.ReceiveAsync(stop);
                if (message.Envelope.BodyCase == Envelope.BodyOneofCase.LeaveRequest)
                {
                    largest = watched.LargestGap();
                    await link.SendAsync(new WireMessage(new Envelope { LeaveGranted = new LeaveGranted() }), SendPriority.Critical);
                }
            }
        }
        catch (LinkException)
        {
            // The other end has what it wanted to know.
        }

        await link.DisposeAsync();
        await running;
        return new JsonObject { ["largest_gap_seconds"] = largest.TotalSeconds };
    }
}
