using MoR.Cluster.Protocol.Wire;
using MoR.ExpertNode.Core;

namespace MoR.ExpertNode.Tests.Core;

public sealed class NodeCoreEndTests
{
    public static TheoryData<string, string> ForeignMessages => new()
    {
        { "forward", "it sent Forward of epoch 4, and this node was welcomed to epoch 5" },
        { "backward", "it sent Backward of epoch 4, and this node was welcomed to epoch 5" },
        { "publish", "it sent Publish of epoch 4, and this node was welcomed to epoch 5" },
        { "revoke", "it sent Revoke of epoch 4, and this node was welcomed to epoch 5" },
        { "join", "it sent Join, which this node does not take" },
        { "nothing", "it sent None, which this node does not take" },
        { "no key", "it sent Forward without a key" },
        { "too few tensors", "it published 2 shards with 1 tensors, one of f32 for each is needed" },
        { "too many shards", "it published 17 shards while 0 jobs are not done yet, 16 jobs are taken" },
    };

    [Theory]
    [MemberData(nameof(ForeignMessages))]
    public void What_no_coordinator_of_this_epoch_sends_ends_the_link_and_has_no_other_effect(string name, string reason)
    {
        using var node = CoreHarness.Holding(0);

        var end = Assert.IsType<End>(Assert.Single(node.Send(Foreign(name))));

        Assert.Equal(new NodeEnd(NodeEndKind.LinkLost, reason), end.How);
    }

    [Fact]
    public void The_end_of_the_run_ends_the_node()
    {
        using var node = CoreHarness.Holding(0);

        Assert.Equal(
            new NodeEnd(NodeEndKind.RunEnded, "200 steps done"), CoreHarness.End(node.Send(Messages.RunEnded("200 steps done"))));
    }

    [Fact]
    public void A_node_that_is_told_to_stop_asks_for_leave_once_and_answers_until_leave_is_granted()
    {
        using var node = CoreHarness.Holding(0);

        var effects = node.Tell(new StopRequested("maintenance"));
        Assert.Equal("maintenance", CoreHarness.Answer(effects).LeaveRequest.Reason);
        Assert.IsType<AwaitLeave>(effects[1]);
        Assert.Empty(node.Tell(new StopRequested("maintenance")));
        node.Request(Messages.Forward(Messages.Key()));

        Assert.Equal(new NodeEnd(NodeEndKind.Left, "leave was granted"), CoreHarness.End(node.Send(Messages.LeaveGranted())));
    }

    [Fact]
    public void A_node_that_gets_no_leave_leaves_at_its_deadline()
    {
        using var node = CoreHarness.Holding(0);
        node.Tell(new StopRequested("maintenance"));

        var end = CoreHarness.End(node.Tell(new LeaveTimedOut(TimeSpan.FromSeconds(30))));

        Assert.Equal(new NodeEnd(NodeEndKind.Left, "leave was not granted within 30 s"), end);
    }

    [Theory]
    [InlineData(false, NodeEndKind.LinkLost)]
    [InlineData(true, NodeEndKind.Left)]
    public void A_lost_link_is_no_loss_to_a_node_that_is_leaving(bool isLeaving, NodeEndKind kind)
    {
        using var node = CoreHarness.Holding(0);
        if (isLeaving)
        {
            node.Tell(new StopRequested("maintenance"));
        }

        Assert.Equal(new NodeEnd(kind, "it broke"), CoreHarness.End(node.Tell(new LinkEnded("it broke"))));
    }

    [Fact]
    public void A_shard_that_gives_up_ends_the_node()
    {
        using var node = CoreHarness.Holding(0);

        var end = CoreHarness.End(node.Tell(new ShardGaveUp("shard 0 failed once more")));

        Assert.Equal(new NodeEnd(NodeEndKind.Failed, "shard 0 failed once more"), end);
    }

    [Fact]
    public void Nothing_is_left_when_the_link_is_over_and_every_job_is_done()
    {
        using var node = CoreHarness.Holding(0);
        var job = node.Request(Messages.Forward(Messages.Key()));

        Assert.IsType<End>(Assert.Single(node.Send(Messages.RunEnded("done"))));
        Assert.Empty(node.Tell(new LinkEnded("closed")));
        Assert.IsType<NothingLeft>(Assert.Single(node.Finish(job, new InvalidOperationException("late"))));
    }

    [Fact]
    public void Messages_after_the_end_are_freed_and_not_answered()
    {
        using var node = CoreHarness.Holding(0);
        node.Send(Messages.RunEnded("done"));

        Assert.Empty(node.Send(Messages.Forward(Messages.Key())));
        Assert.Equal(0, node.Tensors);
    }

    private static WireMessage Foreign(string name)
    {
        var old = Messages.Key(epoch: 4);
        return name switch
        {
            "forward" => Messages.Forward(old),
            "backward" => Messages.Backward(old),
            "publish" => Messages.Publish(4, 8, [0]),
            "revoke" => new WireMessage(new Envelope { Revoke = new Revoke { Epoch = 4, Shards = { 0 } } }),
            "join" => new WireMessage(new Envelope { Join = new Join() }),
            "no key" => new WireMessage(new Envelope { Forward = new Forward { Version = 7 } }),
            "too few tensors" => new WireMessage(
                new Envelope { Publish = new Publish { Epoch = Messages.Epoch, Version = 8, Shards = { 0, 1 } } }, Messages.Tensor(1)),
            "too many shards" => Messages.Publish(8, [.. Enumerable.Range(0, 17)]),
            _ => new WireMessage(new Envelope()),
        };
    }
}
