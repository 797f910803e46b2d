using MoR.Cluster.Links;
using MoR.Cluster.Protocol.Wire;
using MoR.ExpertNode;
using MoR.ExpertNode.Core;

namespace MoR.Simulation.Worlds;

/// <summary>A node's process: the production node with the stand-in's mathematics.</summary>
internal static class NodeProgram
{
    /// <summary>Runs it to its end.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(
        World world, ProcessParts machine, string name, IReadOnlyList<Role> roles, int incarnation, Machine kind, Func<bool> fails,
        CancellationToken stop)
    {
        var knobs = world.Knobs;
        var math = world.Model.NodeMath(
            machine, kind, () => world.Laws.Break("law 5, padding never routes", $"{name} was sent a row that is padding"), fails);
        var result = await ExpertNodeProgram.RunAsync(
            new ExpertNodeOptions
            {
                Coordinator = World.Address,
                Name = name,
                Incarnation = (ulong)incarnation,
                Build = World.Build,
                Roles = roles,
                Limits = new NodeLimits(knobs.Kept, knobs.Credit)
                {
                    ShardBytes = knobs.ShardsPerNode * world.Model.ShardBytes.Max(),
                },
            },
            machine.Transport, new Handshake(JoinToken.FromText(World.Token), machine.Random, machine.Time), machine.Time, math,
            machine.Note,
            stop);
        machine.Note($"ended with exit code {result.ExitCode}: {result.Reason}");
        return result.ExitCode;
    }
}
