using MoR.Cluster.Errors;
using MoR.Cluster.Links;
using MoR.Cluster.Membership;
using MoR.Cluster.Protocol.Wire;
using MoR.Cluster.Transport;

namespace MoR.Coordinator.Cluster;

/// <summary>Takes in nodes: each authenticated connection becomes a link, says what it is, is welcomed or refused, and from then on
/// the actor hears what it says and, once, that it ended. Nothing is kept of a link that has ended.</summary>
/// <param name="actor">Hears of the nodes.</param>
/// <param name="terms">What a node is told, and what it must be.</param>
/// <param name="options">Of the links.</param>
/// <param name="memory">Where tensors are received.</param>
/// <param name="time">The clock.</param>
/// <param name="note">Tells the user.</param>
/// <param name="lost">Told of a node whose link ended though it had not asked to leave.</param>
internal sealed class NodeServer(
    ClusterActor actor, JoinTerms terms, LinkOptions options, IWireMemory memory, TimeProvider time, Action<string> note,
    Action<Node> lost)
{
    private static readonly TimeSpan JoinDeadline = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan RefusedDeadline = TimeSpan.FromSeconds(5);
    private readonly Lock _lock = new();
    private readonly SortedDictionary<int, Link> _links = [];
    private readonly TaskCompletionSource _allEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _last;
    private string? _closed;

    /// <summary>Whether a node of another kind has been admitted.</summary>
    public bool HasOtherMachines { get; private set; }

    /// <summary>Links that have not ended.</summary>
    public int LinkCount
    {
        get
        {
            lock (_lock)
            {
                return _links.Count;
            }
        }
    }

    /// <summary>Takes a connection; returns at once.</summary>
    public void Take(Connection connection)
    {
        var link = new Link(connection, connection.Peer, options, memory, time);
        int number;
        string? closed;
        lock (_lock)
        {
            (number, closed) = (++_last, _closed);
            _links.Add(number, link);
        }

        if (closed is not null)
        {
            link.Close(closed);
        }

        _ = ServeAsync(link, number);
    }

    /// <summary>Ends all links and waits until nothing of them runs.</summary>
    public async Task CloseAsync(string reason)
    {
        Link[] links;
        lock (_lock)
        {
            _closed = reason;
            links = [.. _links.Values];
            EndIfEmpty();
        }

        foreach (var link in links)
        {
            link.Close(reason);
        }

        await _allEnded.Task;
    }

    private async Task ServeAsync(Link link, int number)
    {
        var running = link.RunAsync();
        Node? node = null;
        string reason;
        try
        {
            var join = await JoinAsync(link);
            node = new Node(number, join, $"{join.Name} ({link.Peer})");
            await actor.JoinedAsync(new NodeLink(node, link));
            note($"{node} joined: {Summary(join)}");
            while (true)
            {
                await actor.ReceivedAsync(node, await link.ReceiveAsync(CancellationToken.None));
            }
        }
        catch (LinkException end)
        {
            reason = end.Problem;
        }
#pragma warning disable CA1031 // Whatever one connection does, the others go on.
        catch (Exception problem)
#pragma warning restore CA1031
        {
            reason = $"{problem.GetType().Name} ({problem.Message.TrimEnd('.')}), which is a mistake in mor";
        }

        reason = OneLine.Of(reason); // it may have words of the node

        if (node is not null)
        {
            await actor.LostAsync(node, $"{node} was lost: {reason}");
            if (!node.Leaves)
            {
                lost(node);
            }
        }
        else
        {
            note($"{link.Peer} did not join: {reason}");
        }

        await link.DisposeAsync();
        await running;
        Ended(number);
    }

    /// <summary>The node's description, once it was welcomed.</summary>
    /// <exception cref="LinkException">It is no node of this run.</exception>
    private async Task<Join> JoinAsync(Link link)
    {
        var join = await ReceiveJoinAsync(link);
        if (terms.RefusalOf(join) is { } refusal)
        {
            await link.SendAsync(new WireMessage(new Envelope { Refused = refusal }), SendPriority.Control);
            await UntilItGoesAsync(link);
            throw new LinkException(link.Peer, $"it was refused: {refusal.Reason}. {refusal.NextStep.TrimEnd('.')}");
        }

        if (!terms.IsOfThisKind(join.Machine))
        {
            HasOtherMachines = true;
            note($"{join.Name} ({link.Peer}) gives other bits than this machine: equal adapters are not promised for this run.");
        }

        await link.SendAsync(new WireMessage(new Envelope { Welcome = terms.Welcome }), SendPriority.Control);
        return join;
    }

    private async Task<Join> ReceiveJoinAsync(Link link)
    {
        using var deadline = new CancellationTokenSource(JoinDeadline, time);
        try
        {
            using var message = await link.ReceiveAsync(deadline.Token);
            return message.Envelope.BodyCase == Envelope.BodyOneofCase.Join
                ? message.Envelope.Join
                : throw new LinkException(link.Peer, $"it said {message.Envelope.BodyCase} before it had joined");
        }
        catch (OperationCanceledException)
        {
            throw new LinkException(link.Peer, $"it did not say what it is within {JoinDeadline.TotalSeconds:F0} s");
        }
    }

    /// <summary>A node that was refused reads why and goes; one that stays is cut off.</summary>
    private async Task UntilItGoesAsync(Link link)
    {
        using var deadline = new CancellationTokenSource(RefusedDeadline, time);
        try
        {
            while (!deadline.IsCancellationRequested)
            {
                using var ignored = await link.ReceiveAsync(deadline.Token);
            }
        }
        catch (Exception end) when (end is LinkException or OperationCanceledException)
        {
            // It has gone, or will be.
        }
    }

    private void Ended(int number)
    {
        lock (_lock)
        {
            _links.Remove(number);
            EndIfEmpty();
        }
    }

    private void EndIfEmpty()
    {
        if (_closed is not null && _links.Count == 0)
        {
            _allEnded.TrySetResult();
        }
    }

    private static string Summary(Join join) =>
        $"{string.Join(" and ", join.Roles.Distinct().Select(role => role.ToString().ToLowerInvariant()))} on "
        + (join.Machine is { } machine ? JoinTerms.Shown(machine.Device) : "an unknown device");
}
