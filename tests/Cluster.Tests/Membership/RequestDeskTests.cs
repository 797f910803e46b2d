using MoR.Cluster.Errors;
using MoR.Cluster.Membership;
using MoR.Cluster.Protocol;
using MoR.Cluster.Protocol.Wire;

namespace MoR.Cluster.Tests.Membership;

public sealed class RequestDeskTests
{
    [Fact]
    public void A_request_goes_to_the_holder_and_its_first_answer_counts()
    {
        var world = new ClusterWorld(shards: 1);
        var a = world.Join("a");
        world.Publish(1);

        var request = world.Ask(0);
        world.Answer(a, request);
        world.Answer(a, request);

        Assert.Equal(["shard 0 to a, attempt 0"], world.Sent);
        Assert.Equal(["ForwardDone of shard 0"], world.Answered);
        Assert.Equal(1, world.Core.Requests.Counters.Duplicates);
        Assert.Equal(0, a.Outstanding);
    }

    [Fact]
    public void Backward_is_asked_of_the_node_that_kept_the_rows_and_open_until_its_gradients_came()
    {
        var world = new ClusterWorld(new ClusterOptions { Replicas = 2 }, shards: 1);
        var (a, b) = (world.Join("a"), world.Join("b"));
        world.Publish(1);
        world.Answer(a, world.Ask(0));
        a.Outstanding = 500; // although the other has less to do

        var backward = world.Ask(0, Direction.Backward);
        world.Answer(a, backward);

        Assert.Equal("shard 0 to a, attempt 0, as kept", world.Sent[^1]);
        Assert.Equal([backward], world.Core.Requests.Open);
        world.Answer(a, backward, gradients: true);
        Assert.Empty(world.Core.Requests.Open);
        Assert.Equal(["ForwardDone of shard 0", "BackwardDone of shard 0", "ParameterGradients of shard 0"], world.Answered);
        Assert.Equal(0, b.Outstanding);
    }

    [Fact]
    public void Rows_that_were_dropped_are_sent_again()
    {
        var world = new ClusterWorld(shards: 1);
        var a = world.Join("a");
        world.Publish(1);
        world.Answer(a, world.Ask(0));
        var backward = world.Ask(0, Direction.Backward);

        world.Say(a, new Envelope { Missing = new Missing { Key = KeyOf(backward), Attempt = ClusterWorld.NumberOf(backward, 0) } });

        Assert.Equal("shard 0 to a, attempt 1, with forward", world.Sent[^1]);
        Assert.Equal(0, world.Core.Requests.Counters.Retries);
    }

    [Fact]
    public void What_a_lost_node_was_asked_is_asked_of_another_holder()
    {
        var world = new ClusterWorld(new ClusterOptions { Replicas = 2 }, shards: 1);
        var (a, b) = (world.Join("a"), world.Join("b"));
        world.Publish(1);
        world.Answer(a, world.Ask(0));
        var backward = world.Ask(0, Direction.Backward);
        world.Answer(a, backward);

        world.Lose(a);
        world.Answer(b, backward, attempt: 1);
        world.Answer(b, backward, attempt: 1, gradients: true);

        Assert.Equal("shard 0 to b, attempt 1, with forward", world.Sent[^1]);
        Assert.Equal(["ForwardDone of shard 0", "BackwardDone of shard 0", "ParameterGradients of shard 0"], world.Answered);
        Assert.Equal((1, 1), (world.Core.Requests.Counters.Retries, world.Core.Requests.Counters.Duplicates));
    }

    [Fact]
    public void The_shards_of_a_lost_node_move_at_once_and_their_requests_with_them()
    {
        var world = new ClusterWorld(shards: 2);
        var (a, b) = (world.Join("a"), world.Join("b"));
        world.Publish(1);
        Assert.Equal(["a: 0", "b: 1"], world.Parameters);
        world.Ask(1);

        world.Lose(b);

        Assert.Equal("a: 1", world.Parameters[^1]);
        Assert.Equal(["shard 1 to b, attempt 0", "shard 1 to a, attempt 1"], world.Sent);
        Assert.Equal(["a"], world.Core.HoldersOf(1).Select(node => node.Name));
        Assert.Equal([0, 1], a.Shards.Keys);
    }

    [Fact]
    public void Without_a_holder_a_request_waits_for_a_node_and_then_gives_up_by_name()
    {
        var world = new ClusterWorld(shards: 1);
        var a = world.Join("a");
        world.Publish(1);
        world.Ask(0);
        world.Lose(a);

        world.Pass(59);
        Assert.Empty(world.Failures);
        world.Pass(2);

        var failure = Assert.Single(world.Failures);
        Assert.Contains("no node has held shard 0 for 60 s: there is no node", failure.Message, StringComparison.Ordinal);
        Assert.Equal([0], Assert.IsType<ShardsLostException>(failure).Shards);
        Assert.Contains("mor status", failure.NextStep, StringComparison.Ordinal);
        Assert.Empty(world.Core.Requests.Open);
    }

    [Fact]
    public void A_node_that_comes_in_time_takes_the_shard_and_the_request()
    {
        var world = new ClusterWorld(shards: 1);
        world.Publish(1);
        world.Ask(0);
        world.Pass(50);

        world.Join("late");
        world.Pass(15);

        Assert.Equal(["late: 0"], world.Parameters);
        Assert.Equal(["shard 0 to late, attempt 0"], world.Sent);
        Assert.Empty(world.Failures);
    }

    [Fact]
    public void A_late_answer_is_asked_for_again_and_the_second_ends_the_link()
    {
        var world = new ClusterWorld(new ClusterOptions { Replicas = 2, Hedges = false }, shards: 1);
        var (a, b) = (world.Join("a"), world.Join("b"));
        world.Publish(1);
        var first = world.Ask(0, point: 0);
        world.Ask(0, point: 1);
        world.Answer(b, first); // not asked: does not count
        world.Pass(30);

        Assert.Equal(
            ["shard 0 to a, attempt 0", "shard 0 to b, attempt 0", "shard 0 to b, attempt 1", "shard 0 to a, attempt 1"],
            world.Sent.Take(4));
        Assert.Empty(world.Closed);
        world.Pass(30);
        Assert.Contains(world.Closed, text => text.StartsWith(
            "a: a (10.0.0.1:5000) did not answer the forward request of step 2", StringComparison.Ordinal));
        Assert.Empty(world.Answered);
    }

    [Fact]
    public void A_slow_answer_is_asked_of_a_second_holder_too()
    {
        var world = new ClusterWorld(new ClusterOptions { Replicas = 2 }, shards: 1);
        var (a, b) = (world.Join("a"), world.Join("b"));
        world.Publish(1);
        for (var point = 0; point < 10; point++)
        {
            var quick = world.Ask(0, point: point);
            world.Pass(0.01);
            world.Answer(a, quick);
        }

        var slow = world.Ask(0, point: 10);
        world.Pass(0.029);
        Assert.Equal(0, world.Core.Requests.Counters.Hedges);
        world.Pass(0.002);
        world.Answer(b, slow, attempt: 1);
        world.Answer(a, slow);

        Assert.Equal(["shard 0 to a, attempt 0", "shard 0 to b, attempt 1"], world.Sent.TakeLast(2));
        Assert.Equal((1, 1), (world.Core.Requests.Counters.Hedges, world.Core.Requests.Counters.Duplicates));
    }

    [Fact]
    public void An_answer_that_is_not_valid_ends_the_link_and_does_not_count()
    {
        var world = new ClusterWorld(shards: 1);
        var (a, b) = (world.Join("a"), world.Join("b"));
        world.Publish(1);
        var request = world.Ask(0);

        world.Answer(a, request, isBad: true);

        Assert.Contains("it sent a tensor too many", Assert.Single(world.Closed), StringComparison.Ordinal);
        Assert.Empty(world.Answered);
        Assert.Equal("shard 0 to b, attempt 1", world.Sent[^1]);
        world.Answer(b, request, attempt: 1);
        Assert.Single(world.Answered);
    }

    [Fact]
    public void A_request_that_fails_everywhere_fails_the_run_with_the_nodes_words()
    {
        var world = new ClusterWorld(shards: 1);
        var a = world.Join("a");
        world.Publish(1);
        var request = world.Ask(0);

        for (var attempt = 0; attempt < world.Options.MostAttempts; attempt++)
        {
            var number = ClusterWorld.NumberOf(request, attempt);
            world.Say(a, new Envelope { Failed = new Failed { Key = KeyOf(request), Attempt = number, Error = "out of\nmemory" } });
            world.Pass(5);
        }

        Assert.Contains("out of memory", Assert.Single(world.Failures).Message, StringComparison.Ordinal);
        Assert.Equal(world.Options.MostAttempts, world.Sent.Count);
    }

    [Fact]
    public void A_node_that_failed_is_asked_again_after_pauses_that_grow_and_another_one_at_once()
    {
        var world = new ClusterWorld(shards: 1);
        var a = world.Join("a");
        world.Publish(1);
        var request = world.Ask(0);
        Fail(a, 0);
        world.Pass(0.24);
        Assert.Single(world.Sent);
        world.Pass(0.02);
        Fail(a, 1);
        world.Pass(0.49);
        Assert.Equal(2, world.Sent.Count);
        world.Pass(0.02);
        Assert.Equal(["shard 0 to a, attempt 0", "shard 0 to a, attempt 1", "shard 0 to a, attempt 2"], world.Sent);
        Fail(a, 2);

        world.Lose(a);
        var b = world.Join("b");

        Assert.Equal("shard 0 to b, attempt 3", world.Sent[^1]);
        world.Answer(b, request, attempt: 3);
        Assert.Single(world.Answered);
        Assert.Null(world.Core.Requests.NextWake);

        void Fail(Node node, int attempt) => world.Say(node, new Envelope
        {
            Failed = new Failed { Key = KeyOf(request), Attempt = ClusterWorld.NumberOf(request, attempt), Error = "out of memory" },
        });
    }

    [Fact]
    public void Where_one_holder_failed_the_other_is_asked_at_once_and_its_loss_is_no_loss_of_the_shard()
    {
        var world = new ClusterWorld(new ClusterOptions { Replicas = 2 }, shards: 1);
        var (a, b) = (world.Join("a"), world.Join("b"));
        world.Publish(1);
        var request = world.Ask(0);

        world.Say(a, new Envelope
        {
            Failed = new Failed { Key = KeyOf(request), Attempt = ClusterWorld.NumberOf(request, 0), Error = "out of memory" },
        });
        Assert.Equal("shard 0 to b, attempt 1", world.Sent[^1]);
        world.Lose(b);
        world.Pass(0.3);

        Assert.Equal("shard 0 to a, attempt 2", world.Sent[^1]);
        Assert.Empty(world.Failures);
    }

    [Fact]
    public void Beyond_its_credit_a_node_is_asked_only_when_it_has_answered()
    {
        var world = new ClusterWorld(shards: 1);
        var a = world.Join("a", credit: 250);
        world.Publish(1);
        var requests = Enumerable.Range(0, 4).Select(point => world.Ask(0, point: point)).ToList();
        Assert.Equal(2, world.Sent.Count);

        world.Pass(5); // waiting for room is not being late
        world.Answer(a, requests[0]);

        Assert.Equal(3, world.Sent.Count);
        Assert.Equal(200, a.Outstanding);
        Assert.Empty(world.Failures);
    }

    [Fact]
    public void One_request_larger_than_all_credit_goes_alone()
    {
        var world = new ClusterWorld(shards: 1);
        var a = world.Join("a", credit: 10);
        world.Publish(1);

        var large = world.Ask(0);
        world.Ask(0, point: 1);
        Assert.Single(world.Sent);
        world.Answer(a, large);

        Assert.Equal(2, world.Sent.Count);
    }

    [Fact]
    public void Credit_is_free_when_the_node_is_done_and_not_when_nobody_waits_any_longer()
    {
        var world = new ClusterWorld(shards: 1);
        var a = world.Join("a", credit: 250);
        world.Publish(1);
        var given = world.Ask(0);
        var kept = world.Ask(0, point: 1);

        world.Core.Requests.Cancel(given);
        world.Core.Requests.Cancel(given);
        world.Ask(0, point: 2);
        Assert.Equal(2, world.Sent.Count);
        world.Answer(a, given);

        Assert.Equal(3, world.Sent.Count);
        Assert.Equal(200, a.Outstanding);
        Assert.Empty(world.Answered);
        world.Answer(a, kept);
        Assert.Equal(100, a.Outstanding);
    }

    [Fact]
    public void What_answers_a_step_that_was_given_up_is_not_taken_for_an_answer_to_the_step_run_again()
    {
        var world = new ClusterWorld(shards: 1);
        var a = world.Join("a");
        world.Publish(1);
        var first = world.Ask(0);
        world.Core.Requests.Cancel(first);
        var again = world.Ask(0);

        world.Answer(a, first);
        world.Core.Requests.Cancel(first);
        Assert.Empty(world.Answered);
        Assert.Equal([again], world.Core.Requests.Open);
        world.Answer(a, again);

        Assert.Single(world.Answered);
        Assert.Equal(0, a.Outstanding);
    }

    [Fact]
    public void Shards_that_no_node_has_room_for_are_named_together_with_the_bytes_that_are_missing()
    {
        var world = new ClusterWorld(shards: 4);
        world.Join("a", room: 2500);
        var b = world.Join("b", room: 2500);
        world.Publish(1);
        world.Lose(b);

        world.Ask(1);
        world.Pass(61);

        var failure = Assert.IsType<ShardsLostException>(Assert.Single(world.Failures));
        Assert.Equal([1, 3], failure.Shards);
        Assert.Equal([1, 3], world.Core.Homeless);
        Assert.Contains(
            "no node has held shards 1, 3 for 60 s: each needs 1,000 bytes, and a (10.0.0.1:5000) has 500 bytes of 2,500 bytes left",
            failure.Message, StringComparison.Ordinal);
        world.Join("c");
        Assert.Empty(world.Core.Homeless);
    }

    private static Key KeyOf(OpenRequest request) => new()
    {
        Epoch = request.Key.Epoch,
        Step = request.Key.Step,
        MicroBatch = request.Key.MicroBatch,
        DispatchPoint = request.Key.DispatchPoint,
        Shard = request.Key.Shard,
    };
}
