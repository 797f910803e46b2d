using MoR.Coordinator.Benchmarks.Network.Runtime;

namespace MoR.Coordinator.Benchmarks.Network;

/// <summary>Connects plain sockets with peer processes.</summary>
internal static class PlainPeer
{
    /// <summary>This process's end; the peer serves until it is disposed of.</summary>
    public static async Task<PlainSocket> ConnectAsync(PeerProcess peer, CancellationToken stop)
    {
        Task? playing = null;
        var accepting = PlainSocket.AcceptAsync(
            address => playing = peer.PlayAsync(new PeerRole(PeerRole.Plain, address), stop), stop);
        if (await Task.WhenAny(accepting, playing!) == playing)
        {
            await playing; // throws what ended it
        }

        return await accepting;
    }
}
