using System.Buffers.Binary;
using System.Security.Cryptography;
using MoR.Cluster.Errors;
using MoR.Cluster.Links;
using MoR.Cluster.Membership;
using MoR.Cluster.Protocol.Wire;
using MoR.Cluster.Seams;
using MoR.Cluster.Transport;
using MoR.Coordinator.Runs;

namespace MoR.Coordinator.Cluster;

/// <summary>The nodes of one session of a run, from listening to the last good-bye.</summary>
internal sealed class ClusterSession : IAsyncDisposable
{
    private static readonly TimeSpan GoodBye = TimeSpan.FromSeconds(10);
    private readonly ClusterActor _actor;
    private readonly NodeServer _server;
    private readonly RefusalNotes _refusals;
    private readonly IListener _listener;
    private readonly CancellationTokenSource _closing = new();
    private readonly List<Task> _running = [];
    private readonly LocalNodes _local;
    private readonly ClusterParts _parts;

    private ClusterSession(
        ClusterActor actor, NodeServer server, RefusalNotes refusals, IListener listener, LocalNodes local, ClusterParts parts)
    {
        (_actor, _server, _refusals, _listener, _local, _parts) = (actor, server, refusals, listener, local, parts);
    }

    /// <summary>What happened to nodes and requests.</summary>
    public ClusterCounters Counters => _actor.Counters;

    /// <summary>Whether nodes of another kind take part, so that equal bits are not promised.</summary>
    public bool HasOtherMachines => _server.HasOtherMachines;

    /// <summary>Where it listens.</summary>
    public string Address => _listener.Address;

    /// <summary>Knows the nodes.</summary>
    public ClusterActor Actor => _actor;

    /// <summary>Takes connections, starts local nodes, and returns the way to the experts; nodes join from now on.</summary>
    public static (ClusterSession Session, NodeExpertLink Experts) Start(ClusterPlan plan, ClusterParts parts, IMathExecutor math)
    {
        var access = parts.Access;
        var actor = new ClusterActor(parts.Options, parts.Terms.Welcome.Epoch, parts.ShardBytes, parts.Time, parts.Note);
        var local = new LocalNodes(LocalNodes.UsualLimit, parts.Time, parts.Note);
        var server = new NodeServer(actor, parts.Terms, parts.Link, parts.Memory, parts.Time, parts.Note, local.LinkLost);
        var refusals = new RefusalNotes(parts.Time, parts.Note);
        var session = new ClusterSession(actor, server, refusals, parts.Listener, local, parts);
        var gate = new AuthenticatingListener(
            session._listener, new Handshake(access.Token, parts.Random, parts.Time), parts.Time, server.Take, refusals.Add);
        session._running.Add(actor.RunAsync());
        session._running.Add(gate.RunAsync(session._closing.Token));
        parts.Note($"listening on {session.Address}");
        if (access.Warning is { } warning)
        {
            parts.Note(warning);
        }

        var address = ClusterAccess.LocalAddressOf(session.Address);
        for (var number = 1; number <= plan.Local; number++)
        {
            var order = new LocalNodeOrder(
                $"node-{number}", 0, address, access.Local, parts.Share.DeviceOf(number), parts.Share.ThreadsOf(number))
            {
                MemoryBytes = plan.NodeMemoryBytes,
                Roles = plan.LocalRoles,
            };
            local.Add(order.Name, () =>
            {
                var incarnation = Incarnation(parts.Random);
                return (parts.Starter.Start(
                    order with { Incarnation = incarnation }, line => parts.Note($"{order.Name}: {line}")), incarnation);
            });
        }

        return (session, new NodeExpertLink(actor, parts.Codec, parts.Parameters, math));
    }

    /// <summary>Waits until so many nodes have joined.</summary>
    /// <param name="expected">How many.</param>
    /// <param name="deadline">For how long at most.</param>
    /// <param name="changed">Called when there are more or fewer than before, and still not enough.</param>
    /// <param name="stop">Gives up.</param>
    /// <exception cref="RunException">They do not come in time, or a local node is given up.</exception>
    public async Task UntilJoinedAsync(int expected, TimeSpan deadline, Func<Task> changed, CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        using var timer = new CancellationTokenSource(deadline, _parts.Time);
        await using var chain = timer.Token.Register(limit.Cancel);
        var joined = JoinAsync(limit.Token);
        try
        {
            if (await Task.WhenAny(joined, _local.GaveUpAsync) != joined)
            {
                throw new RunException(
                    "--nodes", $"{await _local.GaveUpAsync}, and the nodes have not all joined", "Its last lines, above, say why.");
            }

            await joined;
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            throw _local.Count >= expected
                ? new RunException(
                    "--nodes", $"the processes of {expected} nodes run, and within {deadline.TotalSeconds:F0} s not all of them joined",
                    "Their lines, above, may say why; with fewer --nodes each has more of this machine.")
                : new RunException(
                    "--expect", $"{expected} nodes were expected at {Address} within {deadline.TotalSeconds:F0} s, and fewer joined",
                    "Start them with 'mor expert --coordinator HOST:PORT', or expect fewer.");
        }

        async Task JoinAsync(CancellationToken cancel)
        {
            for (var there = 0; there < expected;)
            {
                await _actor.UntilAsync(core => Count(core) != there, cancel);
                there = await _actor.OfCoreAsync(Count, cancel);
                if (there < expected)
                {
                    _parts.Note($"{there} of {expected} nodes have joined (waits at most {deadline.TotalMinutes:F0} min for the others)");
                    await changed();
                }
            }
        }

        static int Count(ClusterCore core) => core.Nodes.Count(node => !node.Leaves);
    }

    /// <summary>Waits until the workers that are there have read their backbones, with a limit: those that take longer take part when
    /// they are ready. Then all that are ready share the shards, of which the first one had what nobody else could hold yet.</summary>
    public async Task UntilReadyAsync(CancellationToken stop)
    {
        var wait = _parts.Options.Loading.TotalMinutes;
        if (await _actor.OfCoreAsync(Reading, stop) is { Count: > 0 } reading)
        {
            var what = reading.Count == 1 ? "its backbone" : "their backbones";
            _parts.Note($"waits for {string.Join(", ", reading)} to read {what} (at most {wait:F0} min)");
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        using var timer = new CancellationTokenSource(_parts.Options.Loading, _parts.Time);
        await using var chain = timer.Token.Register(limit.Cancel);
        try
        {
            await _actor.UntilAsync(core => Reading(core).Count == 0, limit.Token);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            var late = await _actor.OfCoreAsync(Reading, stop);
            _parts.Note(
                $"after {wait:F0} min {string.Join(", ", late)} still {(late.Count == 1 ? "reads its backbone" : "read their backbones")}: "
                + $"training begins, and {(late.Count == 1 ? "it takes" : "they take")} part once that is done");
        }

        await _actor.PlaceAnewAsync();

        static IReadOnlyList<string> Reading(ClusterCore core) =>
            [.. core.Nodes.Where(node => !node.IsReady && !node.Leaves).Select(node => node.Name)];
    }

    /// <summary>Nodes and requests as they are now.</summary>
    public async Task<ClusterStatus> StatusAsync()
    {
        var counters = Counters;
        return new ClusterStatus(
            Address, await _actor.NodesAsync() ?? [], counters.Joined, counters.Lost, counters.Retries, counters.Hedges, counters.Moves);
    }

    /// <summary>Ends once something is so of the cluster; asked again after every event.</summary>
    public Task UntilAsync(Predicate<ClusterCore> condition, CancellationToken cancel) => _actor.UntilAsync(condition, cancel);

    /// <summary>The run is complete: tells the nodes, and gives them a while to go.</summary>
    public async Task EndRunAsync(string outcome)
    {
        _local.End();
        await _actor.EndAsync(() => new Envelope { RunEnded = new RunEnded { Outcome = outcome } });
        using var limit = new CancellationTokenSource(GoodBye, _parts.Time);
        try
        {
            await _actor.UntilAsync(core => !core.Nodes.Any(), limit.Token);
        }
        catch (Exception problem) when (problem is OperationCanceledException or RunException)
        {
            // Who has not gone by now loses the link. The run is complete and saved, also if the cluster fails over its good-byes.
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
#pragma warning disable VSTHRD103 // CancelAsync goes on on the thread pool, where a simulator does not follow.
        _closing.Cancel();
#pragma warning restore VSTHRD103
        await _listener.DisposeAsync();
        _local.End();
        await _actor.LeaveAsync();
        await _server.CloseAsync("the coordinator ended");
        await _local.DisposeAsync();
        _actor.Dispose();
        await Task.WhenAll(_running);
        _refusals.Flush();
        _closing.Dispose();
    }

    private static ulong Incarnation(RandomNumberGenerator random)
    {
        var bytes = new byte[sizeof(ulong)];
        random.GetBytes(bytes);
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }
}
