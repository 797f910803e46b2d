using MoR.Cluster.Errors;
using MoR.Cluster.Protocol;
using MoR.Cluster.Protocol.Wire;
using MoR.Cluster.Tests.Support;
using MoR.Coordinator.Cluster;

namespace MoR.Coordinator.Tests.Cluster;

/// <summary>Who waits for the cluster's actor learns how it ended, whatever goes wrong in it.</summary>
public sealed class ClusterActorTests
{
    [Theory]
    [InlineData(false, "the rows are gone")]
    [InlineData(true, "an envelope of ")]
    public void A_request_that_cannot_be_sent_fails_at_once_by_its_cause(bool tooLarge, string cause) => NodeServerWorld.Run(async world =>
    {
        await using var node = await world.JoinAsync("node");
        await PublishAsync(world);
        var before = world.Time.Now;
        var request = Request(() => tooLarge
            ? new WireMessage(new Envelope { Forward = new Forward { RouteOfTarget = { Enumerable.Repeat(int.MaxValue, 300_000) } } })
            : throw new InvalidOperationException("the rows are gone"));

        var failure = await Assert.ThrowsAsync<RunException>(() => world.Actor.AnswerAsync(request, CancellationToken.None));

        Assert.StartsWith("it cannot be sent: ", failure.Problem, StringComparison.Ordinal);
        Assert.Contains(cause, failure.Problem, StringComparison.Ordinal);
        Assert.Equal(before, world.Time.Now);
        Assert.Equal(0, Assert.Single((await world.Actor.NodesAsync())!).OutstandingBytes);
    });

    [Fact]
    public void A_condition_that_throws_ends_its_own_wait_alone() => NodeServerWorld.Run(async world =>
    {
        var joined = world.Actor.UntilAsync(core => core.Nodes.Any(), CancellationToken.None);

        await Assert.ThrowsAsync<InvalidOperationException>(
            () => world.Actor.UntilAsync(_ => throw new InvalidOperationException("a mistake"), CancellationToken.None));

        await using var node = await world.JoinAsync("node");
        await joined;
    });

    [Fact]
    public void Who_waits_for_something_of_an_actor_that_failed_learns_of_it_at_once() => NodeServerWorld.Run(async world =>
    {
        await using var node = await world.JoinAsync("node");
        await world.Actor.EndAsync(() => throw new InvalidOperationException("a mistake"));

        var failure = await Assert.ThrowsAsync<RunException>(() => world.Actor.UntilAsync(_ => false, CancellationToken.None));

        Assert.Equal("a mistake", failure.Problem);
        Assert.Null(await world.Actor.NodesAsync());
    });

    [Fact]
    public void What_waits_when_the_actor_is_closed_ends_and_so_does_what_comes_later() => NodeServerWorld.Run(async world =>
    {
        await PublishAsync(world);
        var never = world.Actor.UntilAsync(core => core.Nodes.Any(), CancellationToken.None);
        var open = Request(() => throw new InvalidOperationException("nobody is there to be asked"));
        await world.Actor.AskAsync(open);
        await SingleThread.IdleAsync();

        world.Actor.Dispose();

        Assert.Contains("closed", (await Assert.ThrowsAsync<RunException>(() => never)).Problem, StringComparison.Ordinal);
        Assert.Contains("closed", (await Assert.ThrowsAsync<RunException>(() => open.AnswerAsync)).Problem, StringComparison.Ordinal);
        await Assert.ThrowsAsync<RunException>(() => world.Actor.UntilAsync(_ => true, CancellationToken.None));
        Assert.Null(await world.Actor.NodesAsync());
        var late = Request(() => throw new InvalidOperationException("nobody is there to be asked"));
        world.Actor.Cancel(late);
        await Assert.ThrowsAsync<OperationCanceledException>(() => late.AnswerAsync);
    });

    [Fact]
    public async Task An_answer_to_what_was_given_up_is_freed()
    {
        var memory = new CountingMemory();
        var request = Request(() => throw new InvalidOperationException("it is not sent"));

        request.SetAnswer(Message(memory, new Envelope { ParameterGradients = new ParameterGradients() })); // before the answer
        request.SetFailure(new OperationCanceledException());
        request.SetAnswer(Message(memory, new Envelope { BackwardDone = new BackwardDone() }));

        await Assert.ThrowsAsync<OperationCanceledException>(() => request.AnswerAsync);
        Assert.Equal(0, memory.LiveTensors);
    }

    [Fact]
    public void Shards_that_no_single_message_may_carry_go_in_several()
    {
        var parameters = new PublishedParameters(Model(1, 30, 40, 100, 20, 20));

        Assert.Equal([[0, 1], [2], [3, 4]], parameters.Cut([0, 1, 2, 3, 4], mostBytes: 300));
        Assert.Equal([[1, 3]], parameters.Cut([1, 3], mostBytes: 300));
        parameters.Release();
    }

    private static WireMessage Message(CountingMemory memory, Envelope envelope) =>
        new(envelope, memory.Allocate(ElementType.F32, [2]));

    private static ShardRequest Request(Func<WireMessage> encode) => new(
        new RequestKey(7, 2, 0, 0, 3, Direction.Forward), version: 1, bytes: 8, _ => null, async _ =>
        {
            await Task.CompletedTask;
            return encode();
        });

    private static ValueTask<bool> PublishAsync(NodeServerWorld world) =>
        world.Actor.PublishAsync(new PublishedParameters(Model([.. Enumerable.Repeat(2, 1 + NodeServerWorld.Shards)])));

    /// <summary>The routers' block and each shard's, of so many values.</summary>
    private static WireMessage Model(params int[] values) => new(
        new Envelope { PublishModel = new PublishModel { Epoch = 7, Version = 1 } },
        [.. values.Select(count => new ArrayTensor(ElementType.F32, [count]))]);
}
