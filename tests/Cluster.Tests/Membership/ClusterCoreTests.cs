using MoR.Cluster.Membership;
using MoR.Cluster.Protocol.Wire;

namespace MoR.Cluster.Tests.Membership;

public sealed class ClusterCoreTests
{
    [Fact]
    public void Shards_are_shared_out_by_the_rate_of_the_nodes()
    {
        var world = new ClusterWorld(shards: 6);
        world.Join("slow");
        world.Join("fast", rate: 2);

        world.Publish(1);

        Assert.Equal(["slow: 1 4", "fast: 0 2 3 5"], world.Parameters);
    }

    [Fact]
    public void Replicas_are_on_different_nodes()
    {
        var world = new ClusterWorld(new ClusterOptions { Replicas = 2 });
        world.Join("a");
        world.Join("b");
        world.Join("c");

        world.Publish(1);

        Assert.All(Enumerable.Range(0, 4), shard => Assert.Equal(2, world.Core.HoldersOf(shard).Distinct().Count()));
    }

    [Fact]
    public void Shards_go_only_where_there_is_room()
    {
        var world = new ClusterWorld();
        var small = world.Join("small", rate: 100, room: 1500);
        var large = world.Join("large");

        world.Publish(1);

        Assert.Equal((1, 3), (small.Shards.Count, large.Shards.Count));
    }

    [Fact]
    public void A_lost_shard_goes_where_there_is_room_beside_what_is_held()
    {
        var world = new ClusterWorld(shards: 2);
        world.Join("a", room: 1500);
        var b = world.Join("b", room: 1500);
        world.Publish(1);
        world.Lose(b);
        Assert.Equal([1], world.Core.Homeless);

        world.Join("fast", rate: 100, room: 1500);

        Assert.Equal(["a: 0", "b: 1", "fast: 1"], world.Parameters);
    }

    [Fact]
    public void More_nodes_than_shards_leave_some_without()
    {
        var world = new ClusterWorld(shards: 1);
        world.Join("a");
        var b = world.Join("b");

        world.Publish(1);

        Assert.Equal(["a: 0"], world.Parameters);
        Assert.Empty(b.Shards);
    }

    [Fact]
    public void A_node_that_joins_takes_shards_between_steps()
    {
        var world = new ClusterWorld();
        var a = world.Join("a");
        world.Publish(1);

        var b = world.Join("b");
        Assert.Empty(b.Shards);
        world.Publish(2);

        Assert.Equal((2, 2), (a.Shards.Count, b.Shards.Count));
        Assert.Contains("a: Revoke", world.Said);
        Assert.Equal(
            ["shards are on a: 0, 1, 2, 3", "shards are on a: 0, 2; b: 1, 3"],
            world.Said.Where(line => line.StartsWith("shards", StringComparison.Ordinal)));
        Assert.Equal(2, world.Core.Requests.Counters.Moves);
    }

    [Fact]
    public void Shards_stay_where_they_are_unless_a_move_is_worth_it()
    {
        var world = new ClusterWorld(shards: 2);
        world.Join("a");
        world.Join("b", rate: 1.1);
        world.Publish(1);
        world.Parameters.Clear();

        world.Join("c", rate: 1.15);
        world.Publish(2);

        Assert.Equal(0, world.Core.Requests.Counters.Moves);
        Assert.Equal(["a: 1", "b: 0"], world.Parameters.Order());
    }

    [Fact]
    public void A_shard_with_all_the_tokens_gets_the_fastest_node_and_the_others_share_the_rest()
    {
        var world = new ClusterWorld(shards: 3);
        var slow = world.Join("slow");
        world.Publish(1);
        for (var i = 0; i < 20; i++)
        {
            world.Answer(slow, world.Ask(2, point: i, bytes: 100_000));
        }

        world.Join("fast", rate: 3);
        world.Publish(2);

        Assert.Equal("fast", Assert.Single(world.Core.HoldersOf(2)).Name);
    }

    [Fact]
    public void A_name_that_comes_back_replaces_its_older_link()
    {
        var world = new ClusterWorld(shards: 1);
        world.Join("a");
        world.Publish(1);

        var again = world.Join("a");

        Assert.Contains("a: a (10.0.0.2:5000) took its name", world.Closed);
        Assert.Equal([again], world.Core.Nodes);
        Assert.Equal([0], again.Shards.Keys);
    }

    [Fact]
    public void Another_process_with_a_name_has_it_and_the_older_one_is_told_so_and_not_to_come_back()
    {
        var world = new ClusterWorld(shards: 1);
        world.Join("a", incarnation: 1);
        world.Publish(1);
        var request = world.Ask(0);

        var other = world.Join("a", incarnation: 2);

        Assert.Contains("a: Refused", world.Said);
        Assert.Contains("a (10.0.0.1:5000) was lost: a (10.0.0.2:5000) took its name", world.Said);
        Assert.Equal([other], world.Core.Nodes);
        Assert.Equal([0], other.Shards.Keys);
        Assert.Equal(2, request.Attempts.Count);
    }

    [Fact]
    public void A_node_that_wants_to_leave_may_when_its_shards_are_elsewhere()
    {
        var world = new ClusterWorld(shards: 2);
        var a = world.Join("a");
        world.Join("b");
        world.Publish(1);

        world.Say(a, new Envelope { LeaveRequest = new LeaveRequest { Reason = "SIGTERM" } });
        Assert.DoesNotContain("a: LeaveGranted", world.Said);
        world.Publish(2);
        world.Lose(a);

        Assert.Contains("a: LeaveGranted", world.Said);
        Assert.All([0, 1], shard => Assert.Equal("b", Assert.Single(world.Core.HoldersOf(shard)).Name));
        Assert.Equal(0, world.Core.Requests.Counters.Lost);
    }

    [Fact]
    public void What_a_node_does_not_say_ends_its_link()
    {
        var world = new ClusterWorld();
        var a = world.Join("a");

        world.Say(a, new Envelope { Welcome = new Welcome() });

        Assert.Equal(["a: it sent Welcome, which a node does not say"], world.Closed);
    }
}
