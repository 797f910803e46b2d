using MoR.Cluster.Errors;
using MoR.Cluster.Protocol.Wire;

namespace MoR.ExpertNode.Tests;

/// <summary>A node that trains whole micro-batches. The model of version v has the value v.</summary>
public sealed class WorkerTests
{
    [Fact]
    public void A_worker_takes_a_model_trains_and_ends_with_the_run() => Run(async (node, coordinator) =>
    {
        Assert.Equal([Role.Worker], coordinator.Join.Roles);
        Assert.Equal("model 7, 1 checksums", await coordinator.AskAsync(Messages.PublishModel(7)));
        Assert.Equal("micro-batch 2, attempt 3: 10", await coordinator.AskAsync(Messages.MicroBatch(2, attempt: 3, value: 3)));
        Assert.Equal("model 8, 1 checksums", await coordinator.AskAsync(Messages.PublishModel(8)));
        Assert.Equal("micro-batch 0, attempt 1: 9", await coordinator.AskAsync(Messages.MicroBatch(0, version: 8)));
    });

    [Fact]
    public void A_model_that_it_does_not_have_is_said_and_costs_nothing() => Run(async (node, coordinator) =>
    {
        Assert.Equal("stale 0: -1", await coordinator.AskAsync(Messages.MicroBatch(0)));
        await coordinator.AskAsync(Messages.PublishModel(7));
        Assert.Equal("stale 1: 7", await coordinator.AskAsync(Messages.MicroBatch(1, version: 8)));
    });

    [Fact]
    public void Micro_batches_of_one_version_run_side_by_side() => Run(async (node, coordinator) =>
    {
        await coordinator.AskAsync(Messages.PublishModel(7));
        await coordinator.AskAsync(Messages.MicroBatch(0));
        node.Math.Held.Hold();
        await coordinator.SendAsync(Messages.MicroBatch(1));
        await coordinator.SendAsync(Messages.MicroBatch(2));
        await node.Math.Held.WaitingAsync(2);
        node.Math.Held.Release();

        var answers = new[] { await coordinator.AnswerAsync(), await coordinator.AnswerAsync() };
        Assert.Equal(["micro-batch 1, attempt 1: 8", "micro-batch 2, attempt 1: 8"], answers.Order());
    });

    [Fact]
    public void What_is_trained_for_an_older_version_is_given_up() => Run(async (node, coordinator) =>
    {
        await coordinator.AskAsync(Messages.PublishModel(7));
        await coordinator.AskAsync(Messages.MicroBatch(0));
        node.Math.Held.Hold();
        await coordinator.SendAsync(Messages.MicroBatch(1));
        await node.Math.Held.WaitingAsync(1);
        Assert.Equal("model 8, 1 checksums", await coordinator.AskAsync(Messages.PublishModel(8)));
        await coordinator.SendAsync(Messages.MicroBatch(2, version: 8));
        node.Math.Held.Release();

        Assert.Equal("stale 1: 8", await coordinator.AnswerAsync());
        Assert.Equal("micro-batch 2, attempt 1: 9", await coordinator.AnswerAsync());
    });

    [Fact]
    public void What_it_cannot_compute_is_answered_by_name_and_a_model_that_failed_is_asked_for_again() => Run(async (node, coordinator) =>
    {
        await coordinator.AskAsync(Messages.PublishModel(7));
        Assert.Equal(
            "failed -1: InvalidOperationException: a token is NaN",
            await coordinator.AskAsync(Messages.MicroBatch(0, value: float.NaN)));
        await coordinator.AskAsync(Messages.PublishModel(8, float.NaN));
        await node.Noted.WaitAsync();
        while (!node.Notes.Any(note => note.Contains("the parameters are NaN", StringComparison.Ordinal)))
        {
            await node.Noted.WaitAsync();
        }

        Assert.Equal("stale 0: -1", await coordinator.AskAsync(Messages.MicroBatch(0, version: 8)));
    });

    [Fact]
    public void A_backbone_that_cannot_be_had_ends_the_node_by_name() => NodeHarness.Run(async node =>
    {
        node.Roles = [Role.Expert, Role.Worker];
        var running = node.Start();
        await using var coordinator = await node.AcceptAsync();
        await coordinator.SendAsync(new WireMessage(new Envelope
        {
            Welcome = new Welcome
            {
                Epoch = Messages.Epoch,
                Run = "demo",
                Adapter = new AdapterShape(),
                Replica = new Replica { Path = "elsewhere" },
            },
        }));

        Assert.Equal("--backbone", (await Assert.ThrowsAsync<InputException>(() => running)).Subject);
    });

    [Fact]
    public void A_worker_that_is_told_to_stop_while_it_reads_its_backbone_goes_at_once() => NodeHarness.Run(async node =>
    {
        node.Roles = [Role.Worker];
        node.Math.Reading = node.Stop;
        var running = node.Start();
        await using var coordinator = await node.AcceptAsync();
        await coordinator.WelcomeAsync();

        var result = await running;

        Assert.Equal((0, "it left: it was told to stop before it served"), (result.ExitCode, result.Reason));
    });

    [Fact]
    public void A_node_that_is_no_worker_takes_no_model() => NodeHarness.Run(async node =>
    {
        var running = node.Start();
        await using var coordinator = await node.AcceptAsync(0);
        await coordinator.SendAsync(Messages.PublishModel(7));
        await using var again = await node.AcceptAsync();

        Assert.Contains(node.Notes, note => note.Contains("it sent PublishModel, which this node does not take", StringComparison.Ordinal));
        await again.WelcomeAsync();
        await again.SendAsync(Messages.RunEnded("done"));
        await running;
    });

    private static void Run(Func<NodeHarness, ScriptedCoordinator, Task> test) => NodeHarness.Run(async node =>
    {
        node.Roles = [Role.Worker];
        var running = node.Start();
        await using var coordinator = await node.AcceptAsync();
        await coordinator.WelcomeAsync();
        await test(node, coordinator);
        await coordinator.SendAsync(Messages.RunEnded("done"));
        Assert.Equal(0, (await running).ExitCode);
    });
}
