using MoR.Cluster.Protocol.Wire;
using MoR.Coordinator.Cluster;
using MoR.Coordinator.Planning;

namespace MoR.Coordinator.Tests.Planning;

/// <summary>The role of local nodes, unless somebody says one.</summary>
public sealed class NodePlanTests
{
    private static readonly ClusterPlan Two = new(
        2, Listen: null, Expect: 2, TokenFile: null, TlsFolder: null, AdmitOtherMachines: false, Insecure: false);

    [Fact]
    public void Local_nodes_become_workers_which_move_fewer_bytes_and_that_is_told()
    {
        var notes = new List<string>();

        var plan = NodePlan.WithRole(Two, PlannedRuns.Small, new Forecaster(PlannedRuns.TwoCores, LinkSpeed.Local), notes.Add);

        Assert.Equal([Role.Worker], plan.LocalRoles);
        Assert.Contains("2 workers", Assert.Single(notes), StringComparison.Ordinal);
        Assert.Contains("--role", notes[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Local_nodes_hold_experts_where_backbones_do_not_fit_three_times()
    {
        var run = PlannedRuns.Of("tinyllama-1.1b") with { Sequences = 1, Window = 1 };
        var machine = PlannedRuns.TwoCores with { MemoryBytes = 12L << 30 };

        var plan = NodePlan.WithRole(Two, run, new Forecaster(machine, LinkSpeed.Local), _ => { });

        Assert.Equal([Role.Expert], plan.LocalRoles);
    }

    [Fact]
    public void Nothing_is_chosen_where_a_role_was_said_or_nodes_come_from_elsewhere()
    {
        Assert.True(NodePlan.Chooses(Two));
        Assert.False(NodePlan.Chooses(Two with { IsRoleGiven = true }));
        Assert.False(NodePlan.Chooses(Two with { Listen = "127.0.0.1:7070" }));
        Assert.False(NodePlan.Chooses(Two with { Local = 0 }));
    }
}
