using MoR.Cluster.Links;
using MoR.Cluster.Membership;
using MoR.Cluster.Protocol.Wire;
using MoR.Cluster.Tests.Support;
using MoR.Coordinator.Cluster;
using static TorchSharp.torch;

namespace MoR.Coordinator.Tests.Cluster;

/// <summary>A session from its first node to the last good-bye, on one thread and a clock that moves when nothing is left to run.</summary>
public sealed class ClusterSessionTests
{
    private const string Address = "127.0.0.1:7070";
    private readonly ManualTime _time = new();
    private readonly MemoryTransport _transport = new();
    private readonly CountingMemory _memory = new();
    private readonly List<string> _notes = [];

    [Fact]
    public void Whom_the_first_step_waits_for_is_told_and_who_was_too_slow() => Run(async session =>
    {
        await using var a = await JoinAsync("a", Role.Worker);
        await using var b = await JoinAsync("b", Role.Expert, Role.Worker);
        await using var c = await JoinAsync("c", Role.Expert);
        var ready = session.UntilReadyAsync(CancellationToken.None);
        await SingleThread.IdleAsync();
        Assert.Contains("waits for a, b to read their backbones (at most 2 min)", _notes);
        var began = _time.Now;
        await NodeServerWorld.SendAsync(b, new Envelope { LeaveRequest = new LeaveRequest { Reason = "it was told to stop" } });

        await ready;

        Assert.InRange(_time.Now - began, TimeSpan.FromMinutes(1.9), TimeSpan.FromMinutes(2.1));
        Assert.Equal("after 2 min a still reads its backbone: training begins, and it takes part once that is done", _notes[^1]);
    });

    [Fact]
    public void Each_node_that_joins_before_the_last_is_told_of() => Run(async session =>
    {
        var changes = 0;
        var joined = session.UntilJoinedAsync(2, TimeSpan.FromMinutes(30), Changed, CancellationToken.None);
        await using var a = await JoinAsync("a", Role.Expert);
        await SingleThread.IdleAsync();
        Assert.Equal(1, changes);
        Assert.Equal("1 of 2 nodes have joined (waits at most 30 min for the others)", _notes[^1]);

        await using var b = await JoinAsync("b", Role.Expert);
        await joined;

        Assert.Equal(1, changes);

        Task Changed()
        {
            changes++;
            return Task.CompletedTask;
        }
    });

    [Fact]
    public void Where_all_are_ready_nobody_is_told_of_waiting() => Run(async session =>
    {
        await using var a = await JoinAsync("a", Role.Expert);
        var before = _notes.Count;

        await session.UntilReadyAsync(CancellationToken.None);

        Assert.Equal(before, _notes.Count);
    });

    [Fact]
    public void A_complete_run_does_not_fail_over_its_good_byes() => Run(async session =>
    {
        await using var a = await JoinAsync("a", Role.Expert);
        await session.Actor.EndAsync(() => throw new InvalidOperationException("a mistake"));

        await session.EndRunAsync("the run has ended");

        Assert.Null(await session.Actor.NodesAsync());
    });

    private void Run(Func<ClusterSession, Task> test) => SingleThread.Run(
        async () =>
        {
            var plan = new ClusterPlan(
                Local: 0, Address, Expect: 1, TokenFile: null, TlsFolder: null, AdmitOtherMachines: false, Insecure: false);
            var (session, _) = ClusterSession.Start(plan, Parts(), math: null!);
            await using (session)
            {
                await test(session);
            }
        },
        _time);

    private async Task<Link> JoinAsync(string name, params Role[] roles)
    {
        var handshake = new Handshake(null, new SeededRandom(1), _time);
        var link = new Link(
            await handshake.ConnectAsync(_transport, Address, CancellationToken.None), "coordinator", new LinkOptions(), _memory, _time);
        _ = link.RunAsync();
        var join = NodeServerWorld.Join(name, join =>
        {
            join.Roles.Clear();
            join.Roles.Add(roles);
        });
        await NodeServerWorld.SendAsync(link, new Envelope { Join = join });
        Assert.Equal(Envelope.BodyOneofCase.Welcome, (await NodeServerWorld.ReceiveAsync(link)).BodyCase);
        return link;
    }

    private ClusterParts Parts() => new()
    {
        Options = new ClusterOptions { Loading = TimeSpan.FromMinutes(2) },
        Terms = NodeServerWorld.Terms(),
        Link = new LinkOptions(),
        Access = new ClusterAccess(Address, Token: null, _transport, new LocalNodeAccess(null, null, null), Warning: null),
        Listener = _transport.Listen(Address),
        Memory = _memory,
        Starter = null!,
        Time = _time,
        Random = new SeededRandom(2),
        Note = _notes.Add,
        ShardBytes = [8, 8],
        Share = new LocalShare(CPU, Gpus: 0, Threads: 1, Nodes: 0),
        Codec = null!,
        Parameters = _ => throw new InvalidOperationException("nothing is published"),
    };
}
