using MoR.Cluster.Actors;
using MoR.Cluster.Links;
using MoR.Cluster.Protocol.Wire;
using MoR.Cluster.Seams;
using MoR.Cluster.Transport;
using MoR.ExpertNode.Core;

namespace MoR.ExpertNode;

/// <summary>
/// Connects, joins and serves, again and again: a lost coordinator is looked for with growing pauses, since one that was killed
/// comes back under another epoch. An older one than was served is not: its run has gone on without it.
/// </summary>
internal sealed class ConnectionLoop(
    ExpertNodeOptions options,
    ITransport transport,
    Handshake handshake,
    TimeProvider time,
    INodeMath math,
    Action<string> note)
{
    private const string LookAtCoordinator =
        "See whether the coordinator runs and can be reached, and whether both have the same token and both --tls or neither; then "
        + "start the node again.";

    private static readonly TimeSpan firstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan longestPause = TimeSpan.FromSeconds(5);

    private (string Run, long Epoch)? _served;
    private long _lostAt;

    /// <summary>Runs until there is a result.</summary>
    public async Task<NodeResult> RunAsync(CancellationToken stop)
    {
        var pause = new GrowingPause(firstPause, longestPause);
        _lostAt = time.GetTimestamp();
        string? told = null;
        while (true)
        {
            var before = _lostAt;
            var end = await ServeOnceAsync(stop);
            if (Result(end) is { } result)
            {
                return result;
            }

            if (_lostAt != before)
            {
                pause.Reset();
                told = null;
            }

            var left = options.LookFor - time.GetElapsedTime(_lostAt);
            if (left <= TimeSpan.Zero)
            {
                return new NodeResult(
                    NodeResult.CoordinatorLost,
                    $"no coordinator at {options.Coordinator} for {options.LookFor.TotalSeconds:0.#} s; the last attempt: {end.Reason}",
                    LookAtCoordinator);
            }

            if (end.Reason != told)
            {
                note($"{options.Coordinator}: {end.Reason}; looking for the coordinator for another {left.TotalSeconds:0} s");
                told = end.Reason;
            }

            var next = pause.Next();
            await time.PauseAsync(next < left ? next : left, stop);
            if (stop.IsCancellationRequested)
            {
                return Stopped();
            }
        }
    }

    private static NodeResult Stopped() => new(0, "it was told to stop while it was connected to nobody", "");

    private static NodeResult? Result(NodeEnd end) => end.Kind switch
    {
        NodeEndKind.RunEnded => new NodeResult(0, $"the run ended: {end.Reason}", ""),
        NodeEndKind.Left => new NodeResult(0, $"it left: {end.Reason}", ""),
        NodeEndKind.Refused => new NodeResult(2, $"the coordinator refused this node: {end.Reason}", end.NextStep),
        NodeEndKind.Failed => new NodeResult(
            1, end.Reason, "See the notes above; the run goes on with other holders of the shard, and this node can be started again."),
        _ => null,
    };

    private async Task<NodeEnd> ServeOnceAsync(CancellationToken stop)
    {
        try
        {
            var connection = await handshake.ConnectAsync(transport, options.Coordinator, stop);
            await using var link = new Link(
                connection, $"coordinator ({connection.Peer})", options.Link, math.Memory, time);
            var running = link.RunAsync();
            var end = await JoinAndServeAsync(link, stop);
            await link.DisposeAsync();
            await running;
            return end;
        }
        catch (LinkException error)
        {
            return new NodeEnd(NodeEndKind.LinkLost, error.Problem);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return new NodeEnd(NodeEndKind.Left, "it was told to stop before it served");
        }
    }

    private async Task<NodeEnd> JoinAndServeAsync(Link link, CancellationToken stop)
    {
        using var join = new WireMessage(new Envelope { Join = Join() });
        await link.SendAsync(join, SendPriority.Control);
        using var answer = await AnswerAsync(link, stop);
        var envelope = answer.Envelope;
        return envelope.BodyCase switch
        {
            Envelope.BodyOneofCase.Welcome => await ServeAsync(link, envelope.Welcome, stop),
            Envelope.BodyOneofCase.Refused => Refused(envelope.Refused),
            Envelope.BodyOneofCase.RunEnded => new NodeEnd(NodeEndKind.RunEnded, envelope.RunEnded.Outcome),
            var other => new NodeEnd(NodeEndKind.LinkLost, $"it answered Join with {other}"),
        };
    }

    private async Task<WireMessage> AnswerAsync(Link link, CancellationToken stop)
    {
        using var deadline = new CancellationTokenSource(options.JoinDeadline, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, stop);
        try
        {
            var answer = await link.ReceiveAsync(both.Token);
            await Task.Yield(); // from the link's reader, which a backbone that is loaded would hold up
            return answer;
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            throw new LinkException(
                link.Peer, $"it did not answer Join within {options.JoinDeadline.TotalSeconds:0.#} s, though its link is alive");
        }
    }

    private async Task<NodeEnd> ServeAsync(Link link, Welcome welcome, CancellationToken stop)
    {
        if (_served is { } served && served.Run == welcome.Run && welcome.Epoch < served.Epoch)
        {
            return new NodeEnd(
                NodeEndKind.LinkLost,
                $"it is of epoch {welcome.Epoch} of run {welcome.Run}, and this node has served epoch {served.Epoch}: an older "
                + "coordinator, which must not go on; end it, or start this node again if the run was put back on purpose");
        }

        var shape = welcome.Adapter ?? new AdapterShape();
        using var adapter = math.Open(shape);
        using var worker = options.Roles.Contains(Role.Worker) ? math.OpenWorker(shape, welcome.Replica ?? new Replica(), stop) : null;
        _served = (welcome.Run, welcome.Epoch);
        note($"{options.Name} serves run {welcome.Run}, epoch {welcome.Epoch}, of {link.Peer}");
        using var session = new NodeSession(link, welcome.Epoch, adapter, worker, math.Executor, options, time, note);
        var end = await session.RunAsync(stop);
        _lostAt = time.GetTimestamp();
        return end;
    }

    private static NodeEnd Refused(Refused refused) =>
        new(NodeEndKind.Refused, refused.Reason) { NextStep = refused.NextStep };

    private Join Join() => new()
    {
        Name = options.Name,
        Incarnation = options.Incarnation,
        Build = options.Build,
        Roles = { options.Roles },
        Machine = math.Machine,
        MemoryBytes = options.Limits.ShardBytes,
        RequestBytes = options.Limits.RequestBytes,
        ProductsPerSecond = math.ProductsPerSecond,
    };
}
