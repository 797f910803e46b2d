using System.Collections.Concurrent;
using MoR.Cluster.Actors;
using MoR.Cluster.Links;
using MoR.Cluster.Protocol.Wire;
using MoR.Cluster.Tests.Support;
using MoR.Cluster.Transport;
using MoR.ExpertNode.Core;

namespace MoR.ExpertNode.Tests;

/// <summary>
/// A whole node over a network in memory, on one thread and a clock that moves when nothing is left to run, so that a test is the
/// same every time.
/// </summary>
internal sealed class NodeHarness : IDisposable
{
    private const string Address = "coordinator:4100";
    private readonly CancellationTokenSource _stop = new();
    private readonly CountingMemory _memory = new();
    private readonly Handshake _handshake;
    private readonly IListener? _listener;

    /// <summary>The network.</summary>
    public MemoryTransport Transport { get; } = new();

    private NodeHarness(bool isListening)
    {
        _handshake = new Handshake(null, new SeededRandom(1), Time);
        _listener = isListening ? Transport.Listen(Address) : null;
        Math = new SumMath(_memory);
    }

    public ManualTime Time { get; } = new();

    /// <summary>Runs a test that plays the coordinator.</summary>
    public static void Run(Func<NodeHarness, Task> test) => Run(test, isListening: true);

    /// <summary>Runs a test without a coordinator.</summary>
    public static void RunAlone(Func<NodeHarness, Task> test) => Run(test, isListening: false);

    public SumMath Math { get; }

    public ConcurrentQueue<string> Notes { get; } = new();

    /// <summary>Told of every note.</summary>
    public SemaphoreSlim Noted { get; } = new(0);

    /// <summary>What the node does.</summary>
    public IReadOnlyList<Role> Roles { get; set; } = [Role.Expert];

    public Task<NodeResult> Start() => ExpertNodeProgram.RunAsync(
        new ExpertNodeOptions
        {
            Coordinator = Address,
            Name = "node-2",
            Incarnation = 77,
            Build = "1.2.3",
            Roles = Roles,
            Limits = new NodeLimits(KeptBytes: 10 * Messages.Bytes, RequestBytes: 10 * Messages.Bytes) { ShardBytes = 1000 },
            ShardRestarts = new RestartLimit(2, TimeSpan.FromSeconds(60)),
        },
        Transport,
        _handshake,
        Time,
        Math,
        Notes.EnqueueAnd(Noted),
        _stop.Token);

    public Task<ScriptedCoordinator> AcceptAsync() => ScriptedCoordinator.AcceptAsync(_listener!, _handshake, _memory, Time);

    /// <summary>A coordinator that has welcomed the node and published shards at version 7.</summary>
    public async Task<ScriptedCoordinator> AcceptAsync(params int[] shards)
    {
        var coordinator = await AcceptAsync();
        await coordinator.WelcomeAsync();
        await coordinator.PublishAsync(7, shards);
        return coordinator;
    }

    /// <summary>There is nobody to connect to any more.</summary>
    public ValueTask StopListeningAsync() => _listener!.DisposeAsync();

    public void Stop() => _stop.Cancel();

    /// <summary>Also asserts that every tensor was freed.</summary>
    public void Dispose()
    {
        _stop.Dispose();
        Noted.Dispose();
        Assert.Equal(0, Math.Alive);
        Assert.Equal(0, _memory.LiveTensors);
    }

    private static void Run(Func<NodeHarness, Task> test, bool isListening)
    {
        using var node = new NodeHarness(isListening);
        SingleThread.Run(() => test(node), node.Time);
    }
}
