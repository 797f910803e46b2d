using MoR.Simulation.Faults;
using MoR.Simulation.Worlds;

namespace MoR.Simulation.Tests;

/// <summary>Single stories, among them what the simulator found.</summary>
public sealed class ScenarioTests
{
    [Fact]
    public void A_node_that_loses_power_in_the_middle_of_a_step_costs_no_update() =>
        Holds(7, new Fault(FaultKind.NodePowerLoss, 9, 0.5, 1, TimeSpan.FromSeconds(20), 1));

    [Fact]
    public void A_coordinator_that_loses_power_while_it_saves_goes_on_from_the_last_durable_checkpoint()
    {
        for (var operation = 0u; operation < 40; operation++)
        {
            Holds(8, new Fault(FaultKind.CoordinatorPowerLoss, 6, 0.9, 0, TimeSpan.FromSeconds(1), operation));
        }
    }

    [Fact]
    public void A_damaged_checkpoint_is_noticed_and_the_one_before_it_is_used() =>
        Holds(8, new Fault(FaultKind.CheckpointCorrupt, 16, 0.5, 0, TimeSpan.FromSeconds(3), 7));

    [Fact]
    public void A_checkpoint_that_the_disk_does_not_read_is_told_and_the_one_before_it_is_used()
    {
        for (var operation = 0u; operation < 40; operation++)
        {
            Holds(
                8,
                new Fault(FaultKind.CoordinatorCrash, 10, 0.5, 0, TimeSpan.FromSeconds(2), 1),
                new Fault(FaultKind.DiskError, 10, 0.5, 0, TimeSpan.FromSeconds(1), operation));
        }
    }

    [Fact]
    public void A_coordinator_from_an_old_snapshot_gets_no_node_that_served_the_new_one() => Holds(
        8,
        new Fault(FaultKind.CoordinatorCrash, 4, 0.5, 0, TimeSpan.FromSeconds(1), 1),
        new Fault(FaultKind.StaleCoordinator, 9, 0.5, 0, TimeSpan.FromSeconds(30), 1));

    [Fact]
    public void A_hedge_that_was_counted_and_not_sent_gives_its_credit_back() => Holds(
        376,
        new Fault(FaultKind.CoordinatorFreeze, 3, 0.828, 0, TimeSpan.FromMilliseconds(78), 292),
        new Fault(FaultKind.PartitionTwoWay, 5, 0.189, 1, TimeSpan.FromMilliseconds(408), 867));

    [Fact]
    public void A_request_that_waits_for_room_on_a_node_that_hangs_has_a_deadline()
    {
        foreach (var seed in new ulong[] { 13, 135, 160, 246 })
        {
            Holds(
                seed,
                knobs => knobs with { Credit = 256 },
                [.. Enumerable.Range(0, 3).Select(node => new Fault(FaultKind.DeviceStuck, 9, 0.4, node, TimeSpan.FromSeconds(5), 0))]);
        }
    }

    [Fact]
    public void A_request_larger_than_what_is_left_of_its_own_credit_does_not_wait_for_itself() => Holds(
        17, knobs => knobs with { Credit = 40 }, new Fault(FaultKind.NodeCrash, 8, 0.5, 1, TimeSpan.FromSeconds(1), 1));

    [Fact]
    public void A_length_that_was_damaged_on_the_way_leaves_no_link_deaf() => Holds(
        7375,
        new Fault(FaultKind.WrongMachine, 5, 0.18484313007068398, 0, TimeSpan.FromTicks(23_811_098), 2_107_191_326),
        new Fault(FaultKind.CorruptBytes, 11, 0.07951097176076649, 2, TimeSpan.FromTicks(470_213), 1_016_972_443),
        new Fault(FaultKind.NodeJoin, 16, 0.3935139805160395, 1, TimeSpan.FromTicks(93_440_966), 3_875_012_886));

    [Fact]
    public void Workers_that_die_hang_and_fail_cost_no_update() => Holds(
        8,
        knobs => knobs with { Mix = RoleMix.Workers },
        new Fault(FaultKind.NodePowerLoss, 4, 0.5, 0, TimeSpan.FromSeconds(20), 1),
        new Fault(FaultKind.DeviceStuck, 8, 0.3, 1, TimeSpan.FromSeconds(10), 0),
        new Fault(FaultKind.DeviceError, 12, 0.3, 2, TimeSpan.FromSeconds(1), 2),
        new Fault(FaultKind.CoordinatorCrash, 15, 0.5, 0, TimeSpan.FromSeconds(1), 1));

    [Theory]
    [InlineData(RoleMix.Workers)]
    [InlineData(RoleMix.Both)]
    [InlineData(RoleMix.Mixed)]
    public void Workers_train_and_the_numbers_are_the_same(RoleMix mix)
    {
        var world = new World(8, plan: [], adjust: knobs => knobs with { Nodes = 3, Mix = mix, SharesMachine = false });
        var result = world.Run();

        Assert.Null(result.Broken);
        Assert.InRange(result.ByWorkers, world.Model.Steps, int.MaxValue);
    }

    private static void Holds(ulong seed, params Fault[] plan) => Holds(seed, knobs => knobs, plan);

    /// <summary>The stories are of three nodes that hold experts, unless they say otherwise.</summary>
    private static void Holds(ulong seed, Func<Knobs, Knobs> adjust, params Fault[] plan)
    {
        var world = new World(seed, 40, plan, adjust: knobs => adjust(knobs with { Nodes = 3, Mix = RoleMix.Experts }));
        var result = world.Run();

        Assert.True(result.Broken is null, $"seed {seed}: {result.Broken}\n{string.Join('\n', world.Trace.Last)}");
        Assert.Equal(world.Model.Steps, result.Steps);
        foreach (var kind in plan.GroupBy(fault => fault.Kind))
        {
            Assert.True(
                result.Faults.GetValueOrDefault(kind.Key) >= kind.Count(),
                $"of {kind.Count()} planned {kind.Key}, {result.Faults.GetValueOrDefault(kind.Key)} came");
        }
    }
}
