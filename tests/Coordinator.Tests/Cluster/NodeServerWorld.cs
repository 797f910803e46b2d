using MoR.Cluster.Links;
using MoR.Cluster.Membership;
using MoR.Cluster.Protocol.Wire;
using MoR.Cluster.Tests.Support;
using MoR.Cluster.Transport;
using MoR.Coordinator.Cluster;

namespace MoR.Coordinator.Tests.Cluster;

/// <summary>A server of nodes with its actor, on one thread and a clock that moves when nothing is left to run; the nodes' ends of the
/// links are the test's.</summary>
internal sealed class NodeServerWorld
{
    public const string Build = "1.2.3";
    public const int Shards = 4;
    private readonly CountingMemory _memory = new();
    private int _connections;

    private NodeServerWorld(ManualTime time)
    {
        Time = time;
        Actor = new ClusterActor(
            new ClusterOptions(), epoch: 7, [.. Enumerable.Repeat(8L, Shards)], Time, Notes.Add);
        Server = new NodeServer(Actor, Terms(), new LinkOptions(), _memory, Time, Notes.Add, Lost.Add);
    }

    public ManualTime Time { get; }

    public List<string> Notes { get; } = [];

    /// <summary>Nodes whose link ended without their wish.</summary>
    public List<Node> Lost { get; } = [];

    public ClusterActor Actor { get; }

    public NodeServer Server { get; }

    public static Machine Machine { get; } = new()
    {
        AnswersSha256 = new string('a', 64),
        Device = "cpu",
        Cpu = "SkylakeX, avx512",
        Libraries = "libtorch 1.13.1",
    };

    public static JoinTerms Terms(bool admitsOthers = false) =>
        new(new Welcome { Epoch = 7, Run = "runs/demo", Adapter = new AdapterShape() }, Build, Machine, admitsOthers);

    /// <summary>What a good node says first.</summary>
    public static Join Join(string name, Action<Join>? change = null)
    {
        var join = new Join
        {
            Name = name,
            Build = Build,
            Roles = { Role.Expert },
            Machine = Machine.Clone(),
            MemoryBytes = 1_000,
            RequestBytes = 1_000,
            ProductsPerSecond = 1,
        };
        change?.Invoke(join);
        return join;
    }

    /// <summary>Runs a test, closes everything, and asserts that nothing is left.</summary>
    public static void Run(Func<NodeServerWorld, Task> test)
    {
        NodeServerWorld? world = null;
        var time = new ManualTime();
        SingleThread.Run(
            async () =>
            {
                world = new NodeServerWorld(time);
                var running = world.Actor.RunAsync();
                await test(world);
                await world.Server.CloseAsync("the test ended");
                world.Actor.Dispose();
                await running;
                Assert.Equal(0, world.Server.LinkCount);
            },
            time);
        Assert.Equal(0, world!._memory.LiveTensors);
    }

    /// <summary>A node's end of a new link.</summary>
    public Link Connect()
    {
        var pair = new MemoryStreamPair();
        Server.Take(new Connection(pair.First, $"10.0.0.{++_connections}:5000", IsProtected: false));
        var connection = new Connection(pair.Second, "coordinator", IsProtected: false);
        var link = new Link(connection, "coordinator", new LinkOptions(), _memory, Time);
        _ = link.RunAsync();
        return link;
    }

    /// <summary>A node that has joined.</summary>
    public async Task<Link> JoinAsync(string name)
    {
        var link = Connect();
        await SendAsync(link, new Envelope { Join = Join(name) });
        Assert.Equal(Envelope.BodyOneofCase.Welcome, (await ReceiveAsync(link)).BodyCase);
        return link;
    }

    public static Task SendAsync(Link link, Envelope message) => link.SendAsync(new WireMessage(message), SendPriority.Control);

    public static async Task<Envelope> ReceiveAsync(Link link)
    {
        using var message = await link.ReceiveAsync(CancellationToken.None);
        return message.Envelope;
    }

    /// <summary>Waits until the other end has ended a link.</summary>
    public static async Task UntilEndedAsync(Link link)
    {
        try
        {
            while (true)
            {
                await ReceiveAsync(link);
            }
        }
        catch (LinkException)
        {
            await link.DisposeAsync();
        }
    }
}
