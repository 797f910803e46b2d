using System.Text.Json.Nodes;
using MoR.Cluster.Links;
using MoR.Coordinator.Benchmarks.Network;
using MoR.Coordinator.Benchmarks.Network.Runtime;
using MoR.Coordinator.Cluster;
using MoR.Coordinator.CommandLine;
using MoR.ExpertNode;
using MoR.ExpertNode.Core;
using MoR.Model.Experts;
using MoR.Model.Machines;
using MoR.Model.Runtime;
using MoR.Torch.Runtime;
using static TorchSharp.torch;

namespace MoR.Program;

/// <summary><c>mor bench --peer</c>: the other end of what a benchmark measures. Plays one role for each line of standard input, and
/// answers with a line when the role is over.</summary>
internal sealed class BenchmarkPeer(ClusterSurroundings around, TimeProvider time)
{
    private const long MemoryBytes = 4L << 30;

    /// <summary>Runs until standard input ends.</summary>
    public async Task<CommandOutcome> RunAsync(CancellationToken stop)
    {
        while (await Console.In.ReadLineAsync(stop) is { } line)
        {
            var answer = await PlayAsync(PeerRole.Read(line), stop);
            await Console.Out.WriteLineAsync(answer.ToJsonString().AsMemory(), stop);
            await Console.Out.FlushAsync(stop);
        }

        return CommandOutcome.Done([]);
    }

    private async Task<JsonObject> PlayAsync(PeerRole role, CancellationToken stop)
    {
        switch (role.Kind)
        {
            case PeerRole.Plain:
                await PlainSocket.ServeAsync(role.Address);
                return [];
            case PeerRole.Link:
                return await LinkPeer.ServeAsync(role, around.Transport(null), around.Random, time, stop);
            case PeerRole.Node:
                return new JsonObject { ["exit_code"] = (await ServeAsync(role, stop)).ExitCode };
            default:
                throw new ArgumentException($"there is no role '{role.Kind}'", nameof(role));
        }
    }

    private async Task<NodeResult> ServeAsync(PeerRole role, CancellationToken stop)
    {
        using var pool = new MathPool(role.Threads);
        var math = new TorchNodeMath(
            new MathPoolExecutor(pool), CPU, MachineIdentity.Of(CPU, pool), ProductSpeed.Measure(CPU, pool, time));
        return await ExpertNodeProgram.RunAsync(
            new ExpertNodeOptions
            {
                Coordinator = role.Address,
                Name = "peer",
                Incarnation = role.Incarnation,
                Build = ProgramVersion.Text,
                Limits = NodeLimits.Of(MemoryBytes),
            },
            around.Transport(null), new Handshake(JoinToken.FromText(role.Token), around.Random, time), time, new UncomputedMath(math),
            _ => { }, stop);
    }
}
