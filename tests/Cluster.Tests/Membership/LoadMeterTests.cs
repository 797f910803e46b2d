using MoR.Cluster.Membership;
using MoR.Cluster.Protocol;

namespace MoR.Cluster.Tests.Membership;

public sealed class LoadMeterTests
{
    [Fact]
    public void Bytes_rows_and_waits_are_counted_by_node_and_by_shard_until_they_are_taken()
    {
        var world = new ClusterWorld(shards: 2);
        var (a, b) = (world.Join("a"), world.Join("b"));
        world.Publish(1);
        var first = world.Ask(0, bytes: 100);
        world.Pass(0.5);
        world.Answer(a, first);
        world.Answer(b, world.Ask(1, bytes: 70));

        var load = world.Core.TakeLoad();

        Assert.Equal(["a", "b"], load.Nodes.Keys);
        Assert.Equal([0, 1], load.Shards.Keys);
        Assert.Equal(
            new Traffic { Requests = 1, Rows = 5, SentBytes = 100, ParameterBytes = 1000, Wait = TimeSpan.FromSeconds(0.5) },
            load.Nodes["a"]);
        Assert.Equal(load.Nodes["a"], load.Shards[0]);
        Assert.Equal(70, load.Nodes["b"].SentBytes);
        Assert.Empty(world.Core.TakeLoad().Nodes);
    }

    [Fact]
    public void What_is_sent_again_is_told_apart_and_kept_rows_are_not_counted()
    {
        var world = new ClusterWorld(new ClusterOptions { Replicas = 2 }, shards: 1);
        var (a, b) = (world.Join("a"), world.Join("b"));
        world.Publish(1);
        world.Answer(a, world.Ask(0, bytes: 100));
        world.Core.TakeLoad();

        var backward = world.Ask(0, Direction.Backward, bytes: 150);
        world.Lose(a);
        world.Answer(b, backward, attempt: 1);
        var load = world.Core.TakeLoad();

        Assert.Equal((60, 0), (load.Nodes["a"].SentBytes, load.Nodes["a"].AgainBytes));
        Assert.Equal((150, 150), (load.Nodes["b"].SentBytes, load.Nodes["b"].AgainBytes));
        Assert.Equal((2, 0, 1), (load.Shards[0].Requests, load.Shards[0].Rows, load.Retries));
    }

    [Fact]
    public void Loads_add_up()
    {
        var one = new ClusterLoad
        {
            Nodes = new Dictionary<string, Traffic> { ["b"] = new() { Requests = 1, SentBytes = 5 } },
            Retries = 2,
        };
        var other = new ClusterLoad
        {
            Nodes = new Dictionary<string, Traffic> { ["b"] = new() { Requests = 2, AgainBytes = 3 }, ["a"] = new() { Rows = 4 } },
            Moves = 1,
        };

        var sum = one.Plus(other);

        Assert.Equal(["a", "b"], sum.Nodes.Keys);
        Assert.Equal(new Traffic { Requests = 3, SentBytes = 5, AgainBytes = 3 }, sum.Nodes["b"]);
        Assert.Equal((2, 1), (sum.Retries, sum.Moves));
    }
}
