using MoR.Cluster.Disk;
using MoR.Cluster.Protocol.Wire;
using MoR.Coordinator.Cluster;
using MoR.Coordinator.Configuration;
using MoR.Coordinator.Data;
using MoR.Coordinator.Planning.Measurement;
using MoR.Model.Backbone;

namespace MoR.Coordinator.Planning;

/// <summary>The plan of the nodes that <c>mor train</c> was given.</summary>
internal static class NodePlan
{
    /// <summary>The plan; null where this machine was never measured, since nothing is measured for it.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="config">The backbone.</param>
    /// <param name="set">What it trains on.</param>
    /// <param name="nodes">The nodes: those of this machine share its cores, others are behind a link of the default speed.</param>
    /// <param name="disk">Where the measurement is.</param>
    public static PlanReport? For(Recipe recipe, LlamaConfig config, TrainingSet set, ClusterPlan nodes, IDisk disk) =>
        ForecasterFor(nodes, disk) is { } forecaster
            ? new PlanReport(RunOf(recipe, config, set), forecaster, [Math.Max(nodes.Local, nodes.Expect)])
            : null;

    /// <summary>The nodes with a role for those that this machine starts, where nobody said one: the better by the plan, and experts
    /// where the machine was never measured.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="config">The backbone.</param>
    /// <param name="set">What it trains on.</param>
    /// <param name="nodes">The nodes; null for none.</param>
    /// <param name="disk">Where the measurement is.</param>
    /// <param name="note">Told what was chosen, and why.</param>
    public static ClusterPlan? WithRole(
        Recipe recipe, LlamaConfig config, TrainingSet set, ClusterPlan? nodes, IDisk disk, Action<string> note)
    {
        return nodes is not null && Chooses(nodes) && ForecasterFor(nodes, disk) is { } forecaster
            ? WithRole(nodes, RunOf(recipe, config, set), forecaster, note)
            : nodes;
    }

    /// <summary>Whether the role of local nodes is left to this program; nodes of other machines say theirs themselves.</summary>
    public static bool Chooses(ClusterPlan nodes) => nodes is { IsRoleGiven: false, Local: > 0, Listen: null };

    /// <summary>The nodes with the better role.</summary>
    public static ClusterPlan WithRole(ClusterPlan nodes, PlannedRun run, Forecaster forecaster, Action<string> note)
    {
        var choice = RoleChooser.ChooseAmongNodes(forecaster, run, nodes.Local);
        note($"role of the nodes by the plan: {choice.Reason}; --role says another.");
        return nodes with { LocalRoles = [choice.Forecast.Role == NodeRole.Worker ? Role.Worker : Role.Expert] };
    }

    private static Forecaster? ForecasterFor(ClusterPlan nodes, IDisk disk) =>
        MachineSpeedFile.Read(disk, MachineSpeedFile.FolderOf(Environment.GetEnvironmentVariable), SpeedMeasurement.Identity) is { } machine
            ? new Forecaster(
                machine,
                nodes.Listen is null
                    ? LinkSpeed.Local
                    : LinkSpeed.Of(LinkSpeed.DefaultGigabits, LinkSpeed.DefaultLatencyMilliseconds))
            : null;

    private static PlannedRun RunOf(Recipe recipe, LlamaConfig config, TrainingSet set) => PlannedRun.Of(
        recipe, config, (double)set.Tokens / set.Sequences.Length, (double)set.SupervisedTokens / set.Tokens);
}
