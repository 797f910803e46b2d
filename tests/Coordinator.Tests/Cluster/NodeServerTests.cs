using MoR.Cluster.Links;
using MoR.Cluster.Protocol.Wire;
using MoR.Cluster.Tests.Fuzzing;
using MoR.Coordinator.Cluster;
using static MoR.Coordinator.Tests.Cluster.NodeServerWorld;

namespace MoR.Coordinator.Tests.Cluster;

public sealed class NodeServerTests
{
    [Fact]
    public void A_node_is_welcomed_and_called_by_its_name_and_address() => NodeServerWorld.Run(async world =>
    {
        var link = world.Connect();
        await SendAsync(link, new Envelope { Join = Join("node-1") });

        var answer = await ReceiveAsync(link);

        Assert.Equal(Terms().Welcome, answer.Welcome);
        Assert.Equal("node-1 (10.0.0.1:5000)", Assert.Single((await world.Actor.NodesAsync())!).Peer);
        Assert.Equal(["node-1 (10.0.0.1:5000) joined: expert on cpu"], world.Notes);
        await link.DisposeAsync();
    });

    [Fact]
    public void A_node_that_comes_back_after_the_end_is_told_that_the_run_ended() => NodeServerWorld.Run(async world =>
    {
        await world.Actor.EndAsync(() => new Envelope { RunEnded = new RunEnded { Outcome = "done" } });

        var link = await world.JoinAsync("late");

        Assert.Equal("done", (await ReceiveAsync(link)).RunEnded.Outcome);
        await link.DisposeAsync();
    });

    [Fact]
    public void A_coordinator_that_goes_misses_no_node() => NodeServerWorld.Run(async world =>
    {
        await using var link = await world.JoinAsync("node");
        await world.Actor.LeaveAsync();

        await world.Server.CloseAsync("the coordinator ended");

        Assert.Equal(["node (10.0.0.1:5000) joined: expert on cpu"], world.Notes);
        Assert.Equal(0, world.Actor.Counters.Lost);
    });

    [Fact]
    public void A_node_of_another_build_reads_why_it_is_refused_and_is_cut_off_when_it_stays() => NodeServerWorld.Run(async world =>
    {
        var link = world.Connect();
        await SendAsync(link, new Envelope { Join = Join("old", join => join.Build = "1.2.2") });
        var began = world.Time.Now;

        var refused = (await ReceiveAsync(link)).Refused;
        await UntilEndedAsync(link); // its heartbeats go on, and it says nothing else

        Assert.Equal("old is of build '1.2.2', and the coordinator of '1.2.3'", refused.Reason);
        Assert.Equal("Install the same mor on both machines.", refused.NextStep);
        Assert.InRange((world.Time.Now - began).TotalSeconds, 4, 6);
        await UntilNoLinkAsync(world);
        Assert.Equal(
            ["10.0.0.1:5000 did not join: it was refused: old is of build '1.2.2', and the coordinator of '1.2.3'. "
                + "Install the same mor on both machines"],
            world.Notes);
        Assert.Empty((await world.Actor.NodesAsync())!);
    });

    [Fact]
    public void A_refused_node_that_never_stops_talking_is_cut_off_too() => NodeServerWorld.Run(async world =>
    {
        var link = world.Connect();
        await SendAsync(link, new Envelope { Join = Join("loud", join => join.Build = "0") });
        await ReceiveAsync(link);

        await Assert.ThrowsAsync<LinkException>(async () =>
        {
            while (true)
            {
                await SendAsync(link, new Envelope { LeaveRequest = new LeaveRequest { Reason = "no" } });
                world.Time.Advance(TimeSpan.FromMilliseconds(100));
            }
        });

        await link.DisposeAsync();
        await UntilNoLinkAsync(world);
    });

    [Fact]
    public void Who_does_not_say_what_it_is_within_five_seconds_is_cut_off() => NodeServerWorld.Run(async world =>
    {
        var link = world.Connect();
        var began = world.Time.Now;

        await UntilEndedAsync(link);
        await UntilNoLinkAsync(world);

        Assert.InRange((world.Time.Now - began).TotalSeconds, 4, 6);
        Assert.Equal(["10.0.0.1:5000 did not join: it did not say what it is within 5 s"], world.Notes);
    });

    [Fact]
    public void Who_says_something_else_first_is_cut_off() => NodeServerWorld.Run(async world =>
    {
        var link = world.Connect();
        await SendAsync(link, new Envelope { ForwardDone = new ForwardDone() });

        await UntilEndedAsync(link);
        await UntilNoLinkAsync(world);

        Assert.Equal(["10.0.0.1:5000 did not join: it said ForwardDone before it had joined"], world.Notes);
    });

    [Fact]
    public void Nothing_is_kept_of_links_that_ended() => NodeServerWorld.Run(async world =>
    {
        var stays = await world.JoinAsync("stays");
        for (var i = 0; i < 50; i++)
        {
            await (await world.JoinAsync("comes-back")).DisposeAsync();
        }

        await MoR.Cluster.Tests.Support.SingleThread.IdleAsync();

        Assert.Equal(1, world.Server.LinkCount);
        Assert.Equal("stays", Assert.Single((await world.Actor.NodesAsync())!).Name);
        await stays.DisposeAsync();
    });

    [Fact]
    public void After_the_end_nobody_is_let_in() => NodeServerWorld.Run(async world =>
    {
        var link = await world.JoinAsync("node");

        await world.Server.CloseAsync("the coordinator ended");
        var late = world.Connect();

        await UntilEndedAsync(link);
        await UntilEndedAsync(late);
    });

    public static TheoryData<string, Envelope> HostileMessages() => new()
    {
        { "it sent Missing that names no request", new Envelope { Missing = new Missing() } },
        { "it sent Stale of shard 4, and there are 0 to 3", new Envelope { Stale = new Stale { Key = new Key { Shard = 4 } } } },
        { "it sent Failed of shard -2, and there are 0 to 3", new Envelope { Failed = new Failed { Key = new Key { Shard = -2 } } } },
        { "it sent MicroBatchDone that names no micro-batch", new Envelope { MicroBatchDone = new MicroBatchDone() } },
        {
            "it sent Published of shard 9, and there are 0 to 3",
            new Envelope { Published = new Published { Shards = { 9 }, Checksums = { 1 } } }
        },
        { "it sent Published with 0 checksums of 1 shards", new Envelope { Published = new Published { Shards = { 1 } } } },
        { "it sent RunEnded, which a node does not say", new Envelope { RunEnded = new RunEnded() } },
    };

    [Theory]
    [MemberData(nameof(HostileMessages))]
    public void A_node_that_says_what_cannot_be_is_cut_off_by_name_and_nobody_else(string problem, Envelope message) =>
        NodeServerWorld.Run(async world =>
        {
            var good = await world.JoinAsync("good");
            var bad = await world.JoinAsync("bad");

            await SendAsync(bad, message);
            await UntilEndedAsync(bad);
            await MoR.Cluster.Tests.Support.SingleThread.IdleAsync();

            Assert.Contains($"bad (10.0.0.2:5000) was lost: {problem}", world.Notes);
            Assert.Equal("good", Assert.Single((await world.Actor.NodesAsync())!).Name);
            await good.DisposeAsync();
        });

    [Fact]
    public void Two_thousand_changed_messages_of_a_joined_node_harm_nobody_else() => NodeServerWorld.Run(world => FuzzAsync(world, 2_000));

    [Fact]
    [Trait("Tier", "long")]
    public void Ten_thousand_changed_messages_of_a_joined_node_harm_nobody_else() => NodeServerWorld.Run(world => FuzzAsync(world, 10_000));

    /// <summary>Every field of every kind of message in turn, changed; the number is the seed.</summary>
    private static async Task FuzzAsync(NodeServerWorld world, int count)
    {
        var good = await world.JoinAsync("good");
        for (var number = 0; number < count; number++)
        {
            var random = new Random(number);
            var envelope = EnvelopeMaker.Make(EnvelopeMaker.Bodies[number % EnvelopeMaker.Bodies.Count], random);
            var fields = EnvelopeMaker.Fields(envelope).ToArray();
            var (owner, field) = fields[number / EnvelopeMaker.Bodies.Count % fields.Length];
            EnvelopeMaker.Change(owner, field, random);
            envelope.Tensors.Clear(); // the frames' own tests have those
            if (envelope.BodyCase == Envelope.BodyOneofCase.None)
            {
                continue; // the change took the body away, and no link sends that
            }

            var bad = await world.JoinAsync("bad");
            await SendAsync(bad, envelope);
            await bad.DisposeAsync();
        }

        await MoR.Cluster.Tests.Support.SingleThread.IdleAsync();
        await AssertServesAsync(world, good);
        await good.DisposeAsync();
    }

    /// <summary>What was said to one node changed nothing for another: it gets shards and requests.</summary>
    private static async Task AssertServesAsync(NodeServerWorld world, Link good)
    {
        Assert.Equal("good", Assert.Single((await world.Actor.NodesAsync())!).Name);
        Assert.DoesNotContain(world.Notes, note => note.Contains("a mistake in mor", StringComparison.Ordinal));
        await world.Actor.PublishAsync(new PublishedParameters(new WireMessage(
            new Envelope { PublishModel = new PublishModel { Epoch = 7, Version = 1 } },
            [.. Enumerable.Range(0, 1 + Shards).Select(_ => new ArrayTensor(ElementType.F32, [2]))])));
        Assert.Equal(Shards, (await ReceiveAsync(good)).Publish.Shards.Count);
        var request = new ShardRequest(
            new(7, 2, 0, 0, 3, MoR.Cluster.Protocol.Direction.Forward), version: 1, bytes: 8, _ => null,
            _ => Task.FromResult(new WireMessage(new Envelope { Forward = new Forward { Key = new Key { Shard = 3 } } })));
        await world.Actor.AskAsync(request);
        Assert.Equal(3, (await ReceiveAsync(good)).Forward.Key.Shard);
        world.Actor.Cancel(request);
        await Assert.ThrowsAsync<OperationCanceledException>(() => request.AnswerAsync);
    }

    private static async Task UntilNoLinkAsync(NodeServerWorld world)
    {
        await MoR.Cluster.Tests.Support.SingleThread.IdleAsync();
        Assert.Equal(0, world.Server.LinkCount);
    }
}
