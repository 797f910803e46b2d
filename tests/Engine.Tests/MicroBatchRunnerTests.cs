using MoR.Cluster.Protocol;

namespace MoR.Engine.Tests;

public sealed class MicroBatchRunnerTests
{
    [Fact]
    public void Members_are_called_in_the_order_of_the_mathematics()
    {
        var engine = new EngineFixture(window: 1, waiting => waiting - 1);
        engine.Run(1);

        Assert.Equal(
            [
                "forward 0", "frozen 0", "accept 0", "forward 1", "frozen 1", "accept 1",
                "forward 2", "frozen 2", "accept 2", "finish",
                "backward 2", "backward frozen 2", "accept backward 2", "backward 1", "backward frozen 1",
                "accept backward 1", "backward 0", "backward frozen 0", "accept backward 0",
                "gradients", "gradients", "gradients", "gradients", "gradients", "gradients", "delta", "dispose",
            ],
            engine.Calls[0]);
    }

    [Fact]
    public void Frozen_products_run_while_the_experts_are_asked()
    {
        var open = new OpenCount();
        var queue = new QueueExecutor(_ => 0);
        var calls = new List<string>();
        var link = new FakeLink(open, queue)
        {
            Before = key => calls.Add($"ask {key.Shard}"),
            During = _ => calls.Add("expert"),
        };
        using var microBatch = new FakeMicroBatch(open, 0, calls);

        queue.Run(async () =>
        {
            await new MicroBatchRunner(queue, link).ForwardAsync(microBatch, CancellationToken.None);
            return true;
        });

        Assert.Equal(["forward 0", "ask 0", "ask 1", "expert", "expert", "frozen 0", "accept 0"], calls[..7]);
        Assert.Equal("finish", calls[^1]);
    }

    [Fact]
    public void Who_asks_nobody_runs_in_the_same_order_in_one_piece()
    {
        var open = new OpenCount();
        var queue = new QueueExecutor(_ => 0);
        var calls = new List<string>();
        var link = new FakeLink(open, queue) { Before = key => calls.Add($"ask {key.Shard}") };
        using var microBatch = new FakeMicroBatch(open, 0, calls) { AsksExperts = false };

        queue.Run(async () =>
        {
            var forward = new MicroBatchRunner(queue, link).ForwardAsync(microBatch, CancellationToken.None);
            Assert.Empty(calls);
            await forward;
            return true;
        });

        Assert.Equal(
            [
                "forward 0", "frozen 0", "accept 0", "forward 1", "frozen 1", "accept 1", "forward 2", "frozen 2", "accept 2",
                "finish",
            ],
            calls);
    }

    [Fact]
    public void Parameter_gradients_hold_nobody_up()
    {
        var open = new OpenCount();
        var queue = new QueueExecutor(_ => 0);
        var late = new TaskCompletionSource<IReadOnlyList<ExpertGradient>>();
        var calls = new List<string>();
        using var microBatch = new FakeMicroBatch(open, 0, calls);
        var link = new LateGradients(new FakeLink(open, queue), _ => late.Task);
        var training = new MicroBatchRunner(queue, link);
        var delta = queue.Run(async () =>
        {
            var task = training.TrainAsync(microBatch, CancellationToken.None);
            while (!calls.Contains("accept backward 0"))
            {
                await queue.RunAsync(() => true);
            }

            Assert.False(task.IsCompleted);
            late.SetResult([]);
            return await task;
        });

        delta.Dispose();
        Assert.Equal("delta", calls[^1]);
    }

    [Theory]
    [InlineData(Direction.Forward)]
    [InlineData(Direction.Backward)]
    public void A_request_that_fails_ends_those_beside_it_and_is_what_is_told(Direction direction)
    {
        var open = new OpenCount();
        var queue = new QueueExecutor(_ => 0);
        using var microBatch = new FakeMicroBatch(open, 0, []);
        var experts = new FakeLink(open, queue)
        {
            During = key =>
            {
                if (key.Direction == direction)
                {
                    throw new IOException("the link is broken");
                }
            },
        };
        var link = new EndlessLink(experts, direction, shard: 0);

        var failure = queue.Run(() => Assert.ThrowsAsync<IOException>(
            () => new MicroBatchRunner(queue, link).TrainAsync(microBatch, CancellationToken.None)));

        Assert.Equal("the link is broken", failure.Message);
        Assert.Equal(1, link.Cancelled);
    }

    [Fact]
    public void Gradients_for_a_micro_batch_that_failed_are_not_waited_for()
    {
        var open = new OpenCount();
        var queue = new QueueExecutor(_ => 0);
        using var microBatch = new FakeMicroBatch(open, 0, []);
        var experts = new FakeLink(open, queue) { Before = EngineFixture.FailAt(0, 1, Direction.Backward) };
        var link = new LateGradients(experts, cancel =>
        {
            var never = new TaskCompletionSource<IReadOnlyList<ExpertGradient>>();
            cancel.Register(() => never.TrySetCanceled(cancel));
            return never.Task;
        });

        var failure = queue.Run(() => Assert.ThrowsAsync<IOException>(
            () => new MicroBatchRunner(queue, link).TrainAsync(microBatch, CancellationToken.None)));

        Assert.Equal("the link is broken", failure.Message);
    }
}
