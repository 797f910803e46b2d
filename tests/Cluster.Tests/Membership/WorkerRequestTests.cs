using MoR.Cluster.Membership;
using MoR.Cluster.Protocol.Wire;

namespace MoR.Cluster.Tests.Membership;

/// <summary>Micro-batches at workers: who gets which, again and whom else, and when nobody can.</summary>
public sealed class WorkerRequestTests
{
    [Fact]
    public void Each_worker_gets_the_model_and_as_many_micro_batches_as_it_may_have()
    {
        var world = new ClusterWorld(new ClusterOptions { MicroBatches = 2 }, shards: 1);
        var (a, b) = (world.JoinWorker("a"), world.JoinWorker("b"));
        world.Publish(1);
        var asked = Enumerable.Range(0, 5).Select(position => world.AskMicroBatch(position)).ToList();

        Assert.Equal(["a: version 1", "b: version 1"], world.Models);
        Assert.Empty(world.Parameters);
        Assert.Equal(
            ["0 to a", "1 to b", "2 to a", "3 to b"],
            world.Sent.Select(sent => sent["micro-batch ".Length..^", attempt 0".Length]));
        world.AnswerMicroBatch(b, asked[1]);
        Assert.Equal("micro-batch 4 to b, attempt 0", world.Sent[^1]);
        Assert.Equal((2, 2, 1L), (a.MicroBatches, b.MicroBatches, world.Core.Requests.Counters.MicroBatches));
        Assert.Equal(ClusterWorld.ModelBytes, world.Core.TakeLoad().Nodes["a"].ParameterBytes);
    }

    [Fact]
    public void What_a_lost_worker_had_goes_to_another_and_its_late_answer_counts_no_more()
    {
        var world = new ClusterWorld(shards: 1);
        var (a, b) = (world.JoinWorker("a"), world.JoinWorker("b"));
        world.Publish(1);
        var request = world.AskMicroBatch(0);

        world.Lose(a);
        world.AnswerMicroBatch(b, request, attempt: 1);
        world.AnswerMicroBatch(b, request, attempt: 1);

        Assert.Equal("micro-batch 0 to b, attempt 1", world.Sent[^1]);
        Assert.Single(world.Answered);
        Assert.Equal((1L, 1L), (world.Core.Requests.Counters.Retries, world.Core.Requests.Counters.Duplicates));
        Assert.Equal(0, b.MicroBatches);
    }

    [Fact]
    public void Without_any_worker_a_micro_batch_is_given_back_at_once()
    {
        var world = new ClusterWorld(shards: 1);
        var a = world.JoinWorker("a");
        world.Publish(1);
        world.AskMicroBatch(3);

        world.Lose(a);
        world.Pass(0);

        Assert.Equal("micro-batch 3 of step 2", Assert.Single(world.Failures).Subject);
        Assert.Empty(world.Core.Requests.Open);
    }

    /// <summary>Where shards have their own nodes, nothing else wakes those that waited for room.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_waited_for_room_on_the_last_worker_is_given_back_when_it_dies_or_leaves(bool dies)
    {
        var world = new ClusterWorld(new ClusterOptions { MicroBatches = 1 }, shards: 1);
        world.Join("expert");
        var a = world.JoinWorker("a");
        world.Publish(1);
        world.AskMicroBatch(0);
        world.AskMicroBatch(1);

        if (dies)
        {
            world.Lose(a);
        }
        else
        {
            world.Say(a, new Envelope { LeaveRequest = new LeaveRequest { Reason = "the node was told to stop" } });
        }

        world.Pass(0);

        Assert.Equal(
            dies ? ["micro-batch 0 of step 2", "micro-batch 1 of step 2"] : ["micro-batch 1 of step 2"],
            world.Failures.Select(failure => failure.Subject));
        Assert.Equal(dies ? 0 : 1, world.Core.Requests.Open.Count());
    }

    [Fact]
    public void The_place_of_a_micro_batch_that_a_worker_failed_goes_to_one_that_waited()
    {
        var world = new ClusterWorld(new ClusterOptions { MicroBatches = 1 }, shards: 1);
        var (a, b) = (world.JoinWorker("a"), world.JoinWorker("b"));
        world.Publish(1);
        world.AskMicroBatch(0);
        var failing = world.AskMicroBatch(1);
        world.Lose(a);
        Assert.Equal("micro-batch 1 to b, attempt 0", world.Sent[^1]);

        world.Say(b, new Envelope
        {
            Failed = new Failed { Key = failing.Key.ToWire(), Attempt = ClusterWorld.NumberOf(failing, 0), Error = "out of memory" },
        });

        Assert.Equal("micro-batch 1 of step 2", Assert.Single(world.Failures).Subject);
        Assert.Equal("micro-batch 0 to b, attempt 1", world.Sent[^1]);
    }

    [Fact]
    public void A_worker_that_still_reads_its_backbone_is_given_nothing_and_nobody_waits_for_it()
    {
        var world = new ClusterWorld(shards: 1);
        world.Publish(1);
        var a = world.JoinWorker("a", isReady: false);
        world.AskMicroBatch(0);
        world.Pass(0);
        Assert.Equal("micro-batch 0 of step 2", Assert.Single(world.Failures).Subject);
        Assert.Equal(["a: version 1"], world.Models);

        world.Say(a, new Envelope { PublishedModel = new PublishedModel { Epoch = 7, Version = 1 } });
        world.AskMicroBatch(1);

        Assert.Equal(["micro-batch 1 to a, attempt 0"], world.Sent);
    }

    [Fact]
    public void While_a_worker_reads_its_backbone_no_versions_pile_up_for_it()
    {
        var world = new ClusterWorld(shards: 1);
        var a = world.JoinWorker("a", isReady: false);
        for (var version = 1; version <= 5; version++)
        {
            world.Publish(version);
        }

        Assert.Equal(["a: version 1"], world.Models);
        world.Say(a, new Envelope { PublishedModel = new PublishedModel { Epoch = 7, Version = 1 } });
        world.AskMicroBatch(0, version: 5);
        world.Publish(6);

        Assert.Equal(["a: version 1", "a: version 5", "a: version 6"], world.Models);
        Assert.Equal(["micro-batch 0 to a, attempt 0"], world.Sent);
    }

    [Fact]
    public void A_node_of_both_roles_takes_shards_when_it_has_read_its_backbone()
    {
        var world = new ClusterWorld(shards: 2);
        var both = world.JoinWorker("both", isReady: false, isExpert: true);
        world.Publish(1);
        world.Ask(1);
        Assert.Empty(world.Parameters);
        Assert.Equal([0, 1], world.Core.Homeless);

        world.Say(both, new Envelope { PublishedModel = new PublishedModel { Epoch = 7, Version = 1 } });

        Assert.Equal(["both: 0", "both: 1"], world.Parameters);
        Assert.Equal(["shard 1 to both, attempt 0"], world.Sent);
        Assert.Empty(world.Core.Homeless);
    }

    [Fact]
    public void Nodes_of_both_roles_share_the_shards_when_all_have_read_their_backbones()
    {
        var world = new ClusterWorld();
        var (a, b) = (world.JoinWorker("a", isReady: false, isExpert: true), world.JoinWorker("b", isReady: false, isExpert: true));
        world.Publish(1);
        foreach (var node in new[] { a, b })
        {
            world.Say(node, new Envelope { PublishedModel = new PublishedModel { Epoch = 7, Version = 1 } });
        }

        Assert.Equal(["a: 0", "a: 1", "a: 2", "a: 3"], world.Parameters);
        world.Core.PlaceAnew(world.Now);
        world.Core.PlaceAnew(world.Now);
        world.Ask(1);

        Assert.Equal((2, 2), (a.Shards.Count, b.Shards.Count));
        Assert.Equal(["b: 1 3"], world.Parameters[4..]);
        Assert.Single(world.Said, "a: Revoke");
        Assert.Equal(["a: version 1", "b: version 1"], world.Models);
        Assert.Equal(["shard 1 to b, attempt 0"], world.Sent);
    }

    [Fact]
    public void A_worker_that_lost_the_model_is_sent_it_again_and_what_all_have_failed_is_given_back_at_once()
    {
        var world = new ClusterWorld(shards: 1);
        var a = world.JoinWorker("a");
        world.Publish(1);
        var request = world.AskMicroBatch(0);
        var key = request.Key.ToWire();

        world.Say(a, new Envelope { Stale = new Stale { Key = key, Attempt = 0, Held = -1 } });
        Assert.Equal(["a: version 1", "a: version 1"], world.Models);
        Assert.Equal("micro-batch 0 to a, attempt 1", world.Sent[^1]);

        var b = world.JoinWorker("b");
        world.Say(a, new Envelope { Failed = new Failed { Key = key, Attempt = 1, Error = "out of memory" } });
        Assert.Equal("micro-batch 0 to b, attempt 2", world.Sent[^1]);
        Assert.Empty(world.Failures);
        world.Say(b, new Envelope { Failed = new Failed { Key = key, Attempt = 2, Error = "out of memory" } });
        Assert.Equal(["a: version 1", "a: version 1", "b: version 1"], world.Models);
        Assert.Contains("out of memory", Assert.Single(world.Failures).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_micro_batch_that_takes_ten_times_the_usual_is_late_and_before_that_another_worker_is_asked()
    {
        var world = new ClusterWorld(new ClusterOptions { FirstMicroBatch = TimeSpan.FromSeconds(600) }, shards: 1);
        var a = world.JoinWorker("a");
        world.Publish(1);
        for (var position = 0; position < 8; position++)
        {
            var request = world.AskMicroBatch(position);
            Assert.True(request.Attempts[0].Deadline - world.Now >= TimeSpan.FromSeconds(600));
            world.Pass(10);
            world.AnswerMicroBatch(a, request);
        }

        var slow = world.AskMicroBatch(8);
        Assert.InRange((slow.Attempts[0].Deadline - world.Now).TotalSeconds, 100, 101);
        world.JoinWorker("b");
        world.Pass(29);
        Assert.Single(slow.Attempts);
        world.Pass(2);

        Assert.Equal("micro-batch 8 to b, attempt 1", world.Sent[^1]);
        Assert.Equal(1, world.Core.Requests.Counters.Hedges);
    }

    [Fact]
    public void A_worker_is_at_work_until_it_says_so_on_what_another_has_answered_for()
    {
        var world = new ClusterWorld(new ClusterOptions { MicroBatches = 1 }, shards: 1);
        var (a, b) = (world.JoinWorker("a"), world.JoinWorker("b"));
        world.Publish(1);
        var request = world.AskMicroBatch(0);
        world.Core.Requests.Cancel(request);
        world.Publish(2);

        world.AskMicroBatch(0, version: 2);
        var second = world.AskMicroBatch(1, version: 2);
        Assert.Equal((1, 1, 0), (a.MicroBatches, b.MicroBatches, second.Attempts.Count));
        world.Say(a, new Envelope
        {
            Stale = new Stale { Key = request.Key.ToWire(), Attempt = ClusterWorld.NumberOf(request, 0), Held = 2 },
        });

        Assert.Equal("micro-batch 1 to a, attempt 0", world.Sent[^1]);
        Assert.Equal(["a: version 1", "b: version 1", "a: version 2", "b: version 2"], world.Models);
    }

    [Fact]
    public void A_worker_that_leaves_gets_no_more_and_goes_when_the_step_is_over()
    {
        var world = new ClusterWorld(shards: 1);
        var a = world.JoinWorker("a");
        world.JoinWorker("b");
        world.Publish(1);
        var request = world.AskMicroBatch(0);

        world.Say(a, new Envelope { LeaveRequest = new LeaveRequest { Reason = "the node was told to stop" } });
        world.AskMicroBatch(1);
        world.AskMicroBatch(2);
        world.AnswerMicroBatch(a, request);
        world.Publish(2);

        Assert.Equal(["micro-batch 1 to b, attempt 0", "micro-batch 2 to b, attempt 0"], world.Sent[1..]);
        Assert.Single(world.Answered);
        Assert.Contains("a: LeaveGranted", world.Said);
        Assert.Equal(0, world.Core.Requests.Counters.Lost);
    }
}
