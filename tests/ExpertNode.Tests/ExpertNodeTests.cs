using MoR.Cluster.Errors;
using MoR.Cluster.Protocol.Wire;

namespace MoR.ExpertNode.Tests;

/// <summary>The whole node: connection, handshake, link, actors. Version 7 of shard s has parameters 7 + s.</summary>
public sealed class ExpertNodeTests
{
    [Fact]
    public void A_node_says_who_it_is_serves_and_ends_with_0_when_the_run_ends() => NodeHarness.Run(async node =>
    {
        var running = node.Start();
        await using var coordinator = await node.AcceptAsync(0, 1);

        Assert.Equal("forward 1: 11", await coordinator.AskAsync(Messages.Forward(Messages.Key(1), value: 3)));
        Assert.Equal("backward 1: 15", await coordinator.AskAsync(Messages.Backward(Messages.Key(1), value: 4)));
        Assert.Equal("gradients 1: 12", await coordinator.AnswerAsync());
        await coordinator.SendAsync(Messages.RunEnded("200 steps done"));

        Assert.Equal(new NodeResult(0, "the run ended: 200 steps done", ""), await running);
        var join = coordinator.Join;
        Assert.Equal(("node-2", 77UL, "1.2.3"), (join.Name, join.Incarnation, join.Build));
        Assert.Equal((1000, 10L * Messages.Bytes, 1e9), (join.MemoryBytes, join.RequestBytes, join.ProductsPerSecond));
        Assert.Equal(node.Math.Machine, join.Machine);
        Assert.Equal([Role.Expert], join.Roles);
    });

    [Fact]
    public void A_node_that_is_refused_while_it_serves_ends_with_2_and_does_not_come_back() => NodeHarness.Run(async node =>
    {
        var running = node.Start();
        await using var coordinator = await node.AcceptAsync(0, 1);

        await coordinator.SendAsync(new WireMessage(new Envelope { Refused = new Refused { Reason = "its name went", NextStep = "Go." } }));

        Assert.Equal(new NodeResult(2, "the coordinator refused this node: its name went", "Go."), await running);
    });

    [Fact]
    public void Different_shards_compute_side_by_side_and_one_shard_in_order_of_arrival() => NodeHarness.Run(async node =>
    {
        var running = node.Start();
        await using var coordinator = await node.AcceptAsync(0, 1);
        await coordinator.AskAsync(Messages.Forward(Messages.Key(0), keep: false));
        await coordinator.AskAsync(Messages.Forward(Messages.Key(1), keep: false));
        node.Math.Held.Hold();

        await coordinator.SendAsync(Messages.Forward(Messages.Key(0, microBatch: 0), value: 1));
        await coordinator.SendAsync(Messages.Forward(Messages.Key(0, microBatch: 1), value: 2));
        await coordinator.SendAsync(Messages.Forward(Messages.Key(1), value: 3));
        await node.Math.Held.WaitingAsync(2);
        node.Math.Held.Release();

        var answers = new[] { await coordinator.AnswerAsync(), await coordinator.AnswerAsync(), await coordinator.AnswerAsync() };
        Assert.Equal(["forward 0: 8", "forward 0: 9", "forward 1: 11"], answers.Order());
        Assert.True(Array.IndexOf(answers, "forward 0: 8") < Array.IndexOf(answers, "forward 0: 9"));
        await EndAsync(coordinator, running);
    });

    [Fact]
    public void New_parameters_take_their_turn_behind_the_requests_before_them() => NodeHarness.Run(async node =>
    {
        var running = node.Start();
        await using var coordinator = await node.AcceptAsync(0);
        await coordinator.AskAsync(Messages.Forward(Messages.Key(), keep: false));
        node.Math.Held.Hold();

        await coordinator.SendAsync(Messages.Forward(Messages.Key(), value: 1));
        await coordinator.PublishAsync(8, 0);
        await coordinator.SendAsync(Messages.Forward(Messages.Key(), version: 8, value: 1));
        await node.Math.Held.WaitingAsync(1);
        node.Math.Held.Release();

        Assert.Equal("forward 0: 8", await coordinator.AnswerAsync());
        Assert.Equal("forward 0: 9", await coordinator.AnswerAsync());
        await EndAsync(coordinator, running);
    });

    [Fact]
    public void A_shard_that_throws_is_rebuilt_from_its_parameters_and_the_node_lives_on() => NodeHarness.Run(async node =>
    {
        var running = node.Start();
        await using var coordinator = await node.AcceptAsync(0, 1);
        await coordinator.AskAsync(Messages.Forward(Messages.Key(0)));
        await coordinator.AskAsync(Messages.Forward(Messages.Key(1)));
        var loads = node.Math.Loads;

        Assert.Equal(
            "failed 0: InvalidOperationException: a row is NaN",
            await coordinator.AskAsync(Messages.Forward(Messages.Key(0), value: float.NaN)));
        Assert.Equal("forward 0: 9", await coordinator.AskAsync(Messages.Forward(Messages.Key(0), value: 2)));
        Assert.Equal("forward 1: 10", await coordinator.AskAsync(Messages.Forward(Messages.Key(1), value: 2)));

        Assert.Equal(loads + 1, node.Math.Loads);
        await EndAsync(coordinator, running);
    });

    [Fact]
    public void Gradients_that_throw_are_answered_Failed_after_BackwardDone() => NodeHarness.Run(async node =>
    {
        var running = node.Start();
        await using var coordinator = await node.AcceptAsync(0);

        var request = Messages.Backward(Messages.Key(), carriesForward: true, value: float.PositiveInfinity);
        var answers = new[] { await coordinator.AskAsync(request), await coordinator.AnswerAsync() };

        Assert.Equal(
            ["backward 0: Infinity", "failed 0: InvalidOperationException: a gradient is infinite"], answers.Order(StringComparer.Ordinal));
        await EndAsync(coordinator, running);
    });

    [Fact]
    public void A_shard_that_throws_too_often_ends_the_node_with_1_and_its_name() => NodeHarness.Run(async node =>
    {
        var running = node.Start();
        await using var coordinator = await node.AcceptAsync(4);
        for (var i = 0; i < 3; i++)
        {
            await coordinator.SendAsync(Messages.Forward(Messages.Key(4), value: float.NaN));
        }

        var result = await running;
        Assert.Equal(1, result.ExitCode);
        Assert.Equal("shard 4 failed once more after 2 restarts within 60 s: a row is NaN", result.Reason);
    });

    [Fact]
    public void A_refused_node_ends_with_2_the_reason_and_the_next_step() => NodeHarness.Run(async node =>
    {
        var running = node.Start();
        await using var coordinator = await node.AcceptAsync();

        await coordinator.SendAsync(new WireMessage(new Envelope
        {
            Refused = new Refused { Reason = "its build is 1.2.3, the run's is 1.3.0", NextStep = "Take 1.3.0." },
        }));

        Assert.Equal(
            new NodeResult(2, "the coordinator refused this node: its build is 1.2.3, the run's is 1.3.0", "Take 1.3.0."),
            await running);
    });

    [Fact]
    public void A_run_that_cannot_be_computed_here_is_wrong_input() => NodeHarness.Run(async node =>
    {
        var running = node.Start();
        await using var coordinator = await node.AcceptAsync();
        await coordinator.WelcomeAsync(adapter: "unknown");

        var error = await Assert.ThrowsAsync<InputException>(() => running);
        Assert.Equal(2, error.ExitCode);
    });

    [Fact]
    public void A_node_that_is_told_to_stop_answers_until_leave_is_granted_and_ends_with_0() => NodeHarness.Run(async node =>
    {
        var running = node.Start();
        await using var coordinator = await node.AcceptAsync(0);

        node.Stop();
        Assert.Equal("leave: the node was told to stop", await coordinator.AnswerAsync());
        Assert.Equal("forward 0: 8", await coordinator.AskAsync(Messages.Forward(Messages.Key())));
        await coordinator.SendAsync(Messages.LeaveGranted());

        Assert.Equal(new NodeResult(0, "it left: leave was granted", ""), await running);
    });

    [Fact]
    public void Without_leave_it_ends_with_0_at_the_deadline() => NodeHarness.Run(async node =>
    {
        var running = node.Start();
        await using var coordinator = await node.AcceptAsync(0);
        node.Stop();
        await coordinator.AnswerAsync();

        var result = await running;
        Assert.Equal(new NodeResult(0, "it left: leave was not granted within 30 s", ""), result);
    });

    private static async Task EndAsync(ScriptedCoordinator coordinator, Task<NodeResult> running)
    {
        await coordinator.SendAsync(Messages.RunEnded("done"));
        Assert.Equal(0, (await running).ExitCode);
    }
}
