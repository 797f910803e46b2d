using MoR.Cluster.Framing;
using MoR.ExpertNode.Core;

namespace MoR.ExpertNode.Tests.Core;

public sealed class NodeCoreTests
{
    [Fact]
    public void Published_shards_are_loaded_and_acknowledged_with_the_checksum_of_each()
    {
        using var node = new CoreHarness();
        var message = Messages.Publish(7, 2, 4);
        var expected = message.Tensors.Select(tensor => (ulong)Crc32C.Of(tensor.Bytes.Span)).ToList();

        var effects = node.Send(message);

        var loads = effects.OfType<Give>().Select(give => Assert.IsType<LoadShard>(give.Job)).ToList();
        Assert.Equal([(2, 7, 0), (4, 7, 1)], loads.Select(load => (load.Shard, load.Version, load.Position)));
        var published = CoreHarness.Answer(effects).Published;
        Assert.Equal((Messages.Epoch, 7), (published.Epoch, published.Version));
        Assert.Equal([2, 4], published.Shards);
        Assert.Equal(expected, published.Checksums);
        Assert.NotEqual(expected[0], expected[1]);
    }

    [Fact]
    public void Parameters_are_freed_when_every_shard_has_let_them_go()
    {
        using var node = new CoreHarness();
        var loads = node.Send(Messages.Publish(7, 2, 4)).OfType<Give>().Select(give => (LoadShard)give.Job).ToList();
        var share = loads[1].Publish.Share();

        node.FinishAll();
        Assert.Equal(2, node.Tensors);
        share.Dispose();
        Assert.Equal(0, node.Tensors);
    }

    [Fact]
    public void A_request_for_what_is_held_goes_to_its_shard()
    {
        using var node = CoreHarness.Holding(0, 3);

        var request = node.Request(Messages.Forward(Messages.Key(shard: 3), attempt: 2));

        Assert.Equal((3, 2), (request.Shard, request.Attempt));
        Assert.Null(request.Forward);
    }

    [Theory]
    [InlineData(1, 7, -1)]
    [InlineData(0, 8, 7)]
    [InlineData(0, 6, 7)]
    public void A_request_for_a_version_that_is_not_held_is_stale(int shard, long version, long held)
    {
        using var node = CoreHarness.Holding(0);
        var key = Messages.Key(shard);

        var forward = node.Answer(Messages.Forward(key, version, attempt: 3)).Stale;
        Assert.Equal((key, 3, false, held), (forward.Key, forward.Attempt, forward.IsBackward, forward.Held));
        var backward = node.Answer(Messages.Backward(key, version, attempt: 4)).Stale;
        Assert.Equal((key, 4, true, held), (backward.Key, backward.Attempt, backward.IsBackward, backward.Held));
        Assert.Equal(0, node.Core.KeptBytes);
    }

    [Fact]
    public void A_revoked_shard_is_unloaded_and_then_stale_and_its_kept_rows_are_dropped()
    {
        using var node = CoreHarness.Holding(0, 1);
        node.Request(Messages.Forward(Messages.Key(1)));
        node.FinishAll();

        var unload = Assert.IsType<Give>(Assert.Single(node.Send(Messages.Revoke(1, 9)))).Job;

        Assert.Equal(new UnloadShard(1), unload);
        Assert.Equal(-1, node.Answer(Messages.Forward(Messages.Key(1))).Stale.Held);
        Assert.Equal(0, node.Core.KeptBytes);
        node.Request(Messages.Forward(Messages.Key(0)));
    }

    [Fact]
    public void Backward_without_rows_gets_those_of_forward_once()
    {
        using var node = CoreHarness.Holding(0);
        node.Request(Messages.Forward(Messages.Key(), value: 3));
        node.FinishAll();

        var request = node.Request(Messages.Backward(Messages.Key()));

        Assert.Equal(3, Messages.ValueOf(request.Forward!.Message.Tensors[0]));
        Assert.Equal(0, node.Core.KeptBytes);
        Assert.Equal(Messages.Key(), node.Answer(Messages.Backward(Messages.Key(), attempt: 2)).Missing.Key);
    }

    [Fact]
    public void Backward_is_answered_Missing_when_forward_was_not_to_be_kept()
    {
        using var node = CoreHarness.Holding(0);
        node.Request(Messages.Forward(Messages.Key(), keep: false));
        node.FinishAll();

        var missing = node.Answer(Messages.Backward(Messages.Key(), attempt: 6)).Missing;

        Assert.Equal((Messages.Key(), 6), (missing.Key, missing.Attempt));
    }

    [Fact]
    public void Backward_that_carries_the_rows_needs_nothing_kept_and_drops_what_is()
    {
        using var node = CoreHarness.Holding(0);
        node.Request(Messages.Forward(Messages.Key()));
        node.FinishAll();

        var request = node.Request(Messages.Backward(Messages.Key(), carriesForward: true));

        Assert.Null(request.Forward);
        Assert.Equal(2, request.Request.Message.Tensors.Count);
        Assert.Equal(0, node.Core.KeptBytes);
    }

    [Fact]
    public void The_oldest_rows_are_dropped_first_when_the_budget_is_full()
    {
        using var node = new CoreHarness(keptBytes: 2 * Messages.Bytes);
        node.Send(Messages.Publish(7, 0));
        foreach (var microBatch in (int[])[0, 1, 2])
        {
            node.Request(Messages.Forward(Messages.Key(microBatch: microBatch)));
        }

        node.FinishAll();

        Assert.Equal(2 * Messages.Bytes, node.Core.KeptBytes);
        Assert.NotNull(node.Answer(Messages.Backward(Messages.Key(microBatch: 0))).Missing);
        node.Request(Messages.Backward(Messages.Key(microBatch: 1)));
        node.Request(Messages.Backward(Messages.Key(microBatch: 2)));
    }

    [Fact]
    public void A_forward_that_comes_again_is_kept_once()
    {
        using var node = CoreHarness.Holding(0);
        node.Request(Messages.Forward(Messages.Key(), value: 3));
        node.Request(Messages.Forward(Messages.Key(), attempt: 2, value: 4));
        node.FinishAll();

        Assert.Equal(Messages.Bytes, node.Core.KeptBytes);
        Assert.Equal(4, Messages.ValueOf(node.Request(Messages.Backward(Messages.Key())).Forward!.Message.Tensors[0]));
    }

    [Fact]
    public void Rows_larger_than_the_budget_are_not_kept_and_drop_nothing()
    {
        using var cache = new ForwardCache(Messages.Bytes);
        using var small = new SharedMessage(Messages.Forward(Messages.Key()));
        using var large = new SharedMessage(Messages.Backward(Messages.Key(), carriesForward: true));
        var key = new MoR.Cluster.Protocol.RequestKey(Messages.Epoch, 1, 0, 2, 0, MoR.Cluster.Protocol.Direction.Forward);

        cache.Keep(key, 7, small);
        cache.Keep(key with { MicroBatch = 1 }, 7, large);

        Assert.Equal((1, (long)Messages.Bytes), (cache.Count, cache.Bytes));
    }

    [Fact]
    public void A_newer_version_drops_all_rows_of_the_step_before()
    {
        using var node = CoreHarness.Holding(0, 1);
        node.Request(Messages.Forward(Messages.Key(0)));
        node.Request(Messages.Forward(Messages.Key(1)));
        node.FinishAll();

        node.Send(Messages.Publish(8, 1));
        node.FinishAll();

        Assert.Equal(0, node.Core.KeptBytes);
        Assert.Equal(0, node.Tensors);
        Assert.NotNull(node.Answer(Messages.Backward(Messages.Key(0))).Missing);
        Assert.Equal(8, node.Answer(Messages.Backward(Messages.Key(1))).Stale.Held);
    }

    [Fact]
    public void Mathematics_that_threw_is_answered_Failed_with_the_text_of_the_error()
    {
        using var node = CoreHarness.Holding(0);
        var request = node.Request(Messages.Backward(Messages.Key(), carriesForward: true, attempt: 3));

        var effects = node.Finish(request, new InvalidOperationException("gate 4 is NaN"));

        var failed = CoreHarness.Answer(effects).Failed;
        Assert.Equal((Messages.Key(), 3, true), (failed.Key, failed.Attempt, failed.IsBackward));
        Assert.Equal("InvalidOperationException: gate 4 is NaN", failed.Error);
        Assert.Contains("shard 0", Assert.Single(effects.OfType<Note>()).Text);
    }

    [Fact]
    public void Requests_beyond_twice_the_credit_are_answered_Failed_until_one_is_done()
    {
        using var node = new CoreHarness(requestBytes: Messages.Bytes);
        node.Send(Messages.Publish(7, 0));
        node.FinishAll();
        var requests = Enumerable.Range(0, 3).Select(i => node.Request(Messages.Forward(Messages.Key(microBatch: i)))).ToList();

        var failed = node.Answer(Messages.Forward(Messages.Key(microBatch: 3))).Failed;
        Assert.Contains("3 jobs with 48 bytes are not done yet", failed.Error);
        Assert.Contains("fewer than 8 jobs and at most 32 bytes", failed.Error);
        node.Finish(requests[0]);
        node.Request(Messages.Forward(Messages.Key(microBatch: 3)));
    }

    [Fact]
    public void A_single_request_may_be_larger_than_the_credit_also_while_the_one_before_is_on_its_way()
    {
        using var node = new CoreHarness(requestBytes: 1);
        node.Send(Messages.Publish(7, 0));
        node.FinishAll();

        var sent = node.Request(Messages.Forward(Messages.Key()));
        node.Request(Messages.Forward(Messages.Key(microBatch: 1)));
        Assert.NotNull(node.Answer(Messages.Forward(Messages.Key(microBatch: 2))).Failed);
        node.Finish(sent);
        node.Request(Messages.Forward(Messages.Key(microBatch: 2)));
    }

    [Fact]
    public void A_shard_beyond_the_room_ends_the_link_by_name()
    {
        using var node = new CoreHarness(shardBytes: (2 * Messages.Bytes) + 4);
        node.Send(Messages.Publish(7, 0, 1));
        node.FinishAll();

        var end = CoreHarness.End(node.Send(Messages.Publish(7, 2)));

        Assert.Equal(
            "it published shard 2 of 16 bytes, and of the 36 bytes that this node has for shards 4 are left", end.Reason);
    }

    [Fact]
    public void Room_is_for_one_version_of_each_shard_and_free_again_when_it_is_revoked()
    {
        using var node = new CoreHarness(shardBytes: 2 * Messages.Bytes);
        node.Send(Messages.Publish(7, 0, 1));
        node.Send(Messages.Publish(8, 0, 1));
        node.Send(Messages.Revoke(1));

        var effects = node.Send(Messages.Publish(8, 2));

        Assert.Equal([2], CoreHarness.Answer(effects).Published.Shards);
    }

    [Fact]
    public void Requests_beyond_the_limit_of_jobs_are_answered_Failed()
    {
        using var node = new CoreHarness(openJobs: 1);
        node.Send(Messages.Publish(7, 0));

        Assert.NotNull(node.Answer(Messages.Forward(Messages.Key())).Failed);
        node.FinishAll();
        node.Request(Messages.Forward(Messages.Key()));
    }
}
