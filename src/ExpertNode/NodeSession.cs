using MoR.Cluster.Actors;
using MoR.Cluster.Links;
using MoR.Cluster.Seams;
using MoR.ExpertNode.Core;
using MoR.ExpertNode.Shards;
using MoR.ExpertNode.Workers;

namespace MoR.ExpertNode;

/// <summary>
/// Serves one coordinator over one link, from Welcome to the end: the shell of <see cref="NodeCore"/>, parent of its shards.
/// Shards are side by side, and each does its jobs in order.
/// </summary>
internal sealed class NodeSession : IDisposable
{
    private readonly Link _link;
    private readonly IAdapterMath _adapter;
    private readonly ExpertNodeOptions _options;
    private readonly TimeProvider _time;
    private readonly Action<string> _note;
    private readonly Mailbox<NodeEvent> _mailbox;
    private readonly NodeCore _core;
    private readonly ShardSurroundings _around;
    private readonly SortedDictionary<int, (ShardActor Actor, Task Running)> _shards = [];
    private readonly WorkerActor? _worker;
    private ITimer? _leaveDeadline;
    private NodeEnd? _end;

    /// <param name="link">The link, which runs.</param>
    /// <param name="epoch">The epoch that the node was welcomed to.</param>
    /// <param name="adapter">The adapter's mathematics.</param>
    /// <param name="worker">The mathematics of whole micro-batches; null without the role of a worker.</param>
    /// <param name="executor">Where it runs.</param>
    /// <param name="options">Limits and deadlines.</param>
    /// <param name="time">Time.</param>
    /// <param name="note">Tells people.</param>
    public NodeSession(
        Link link,
        long epoch,
        IAdapterMath adapter,
        IWorkerMath? worker,
        IMathExecutor executor,
        ExpertNodeOptions options,
        TimeProvider time,
        Action<string> note)
    {
        (_link, _adapter, _options, _time, _note) = (link, adapter, options, time, note);
        _mailbox = new Mailbox<NodeEvent>(options.Limits.OpenJobs);
        _core = new NodeCore(epoch, options.Limits, trains: worker is not null);
        _around = new ShardSurroundings(executor, link, _mailbox);
        _worker = worker is null
            ? null
            : new WorkerActor(
                worker, 2 * _core.MostJobs, _around, async (job, error) => await _mailbox.PostAsync(new WorkerDone(job, error)));
    }

    /// <summary>Serves until the end, and until nothing runs any more.</summary>
    public async Task<NodeEnd> RunAsync(CancellationToken stop)
    {
        using var stopping = stop.Register(() => _ = _mailbox.PostAsync(new StopRequested("the node was told to stop")).AsTask());
        var receiving = ReceiveAsync();
        var training = _worker?.RunAsync() ?? Task.CompletedTask;
        var actor = new Actor<NodeEvent>(
            "the node", _mailbox, () => new CoreBehaviour<NodeEvent, NodeEffect>(_core, PerformAsync), RestartLimit.None, _time, Failed);
        try
        {
            await actor.RunAsync();
        }
        catch (ActorFailedException error)
        {
            End(new NodeEnd(NodeEndKind.Failed, error.Message));
            Close();
        }

        await receiving;
        await training;
        foreach (var (_, running) in _shards.Values)
        {
            await running;
        }

        return _end!;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _leaveDeadline?.Dispose();
        _worker?.Dispose();
        _core.Dispose();
    }

    private static ValueTask Failed(NodeEvent? message, Exception error) => ValueTask.CompletedTask;

    private async Task ReceiveAsync()
    {
        try
        {
            while (true)
            {
                var message = await _link.ReceiveAsync(CancellationToken.None);
                if (!await _mailbox.PostAsync(new Received(message)))
                {
                    message.Dispose();
                    return;
                }
            }
        }
        catch (LinkException error)
        {
            await _mailbox.PostAsync(new LinkEnded(error.Problem));
        }
    }

    private async ValueTask PerformAsync(NodeEffect effect)
    {
        switch (effect)
        {
            case Send send:
                await _around.SendAsync(send.Message, send.Priority);
                break;
            case Give give:
                ShardOf(give.Job.Shard).Give(give.Job);
                break;
            case GiveWorker give:
                _worker!.Give(give.Job);
                break;
            case Note note:
                _note(note.Text);
                break;
            case AwaitLeave:
                _leaveDeadline = _time.CreateTimer(
                    _ => _ = _mailbox.PostAsync(new LeaveTimedOut(_options.LeaveDeadline)).AsTask(),
                    null,
                    _options.LeaveDeadline,
                    Timeout.InfiniteTimeSpan);
                break;
            case End end:
                End(end.How);
                break;
            case NothingLeft:
                Close();
                break;
        }
    }

    private ShardActor ShardOf(int number)
    {
        if (!_shards.TryGetValue(number, out var shard))
        {
            var actor = new ShardActor(number, 2 * _core.MostJobs, _around);
            shard = (actor, actor.RunAsync(
                _adapter, _options.ShardRestarts, _time, async text => await _mailbox.PostAsync(new ShardGaveUp(text))));
            _shards.Add(number, shard);
        }

        return shard.Actor;
    }

    private void End(NodeEnd how)
    {
        _end ??= how;
        _around.End();
        _worker?.End();
        _link.Close(how.Reason);
    }

    private void Close()
    {
        _mailbox.Close();
        _worker?.Close();
        foreach (var (actor, _) in _shards.Values)
        {
            actor.Close();
        }
    }
}
