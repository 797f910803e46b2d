using System.Text.Json.Nodes;
using MoR.Cluster.Errors;
using MoR.Coordinator.Cluster;

namespace MoR.Coordinator.Benchmarks.Network.Runtime;

/// <summary>Starts nodes that do everything but the experts' arithmetic.</summary>
internal sealed class PeerNodeStarter : INodeStarter
{
    /// <inheritdoc/>
    public ILocalNode Start(LocalNodeOrder order, Action<string> line) => new PeerNode(
        PeerProcess.Start(),
        new PeerRole(PeerRole.Node, order.Coordinator)
        {
            Token = order.Access.Token!,
            Threads = order.Threads,
            Incarnation = order.Incarnation,
        });

    private sealed class PeerNode(PeerProcess process, PeerRole role) : ILocalNode
    {
        private const int Killed = 137; // 128 and the number of SIGKILL, as shells have it

        public int ProcessId => process.Id;

        public Task<int> EndedAsync { get; } = EndAsync(process.PlayAsync(role, CancellationToken.None));

        public void Kill() => process.Kill();

        public async ValueTask DisposeAsync()
        {
            process.Kill();
            await EndedAsync;
            process.Dispose();
        }

        private static async Task<int> EndAsync(Task<JsonObject> playing)
        {
            try
            {
                return (int)(await playing)["exit_code"]!;
            }
            catch (MorException)
            {
                return Killed;
            }
        }
    }
}
