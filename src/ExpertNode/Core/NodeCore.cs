using MoR.Cluster.Actors;
using MoR.Cluster.Framing;
using MoR.Cluster.Links;
using MoR.Cluster.Protocol;
using MoR.Cluster.Protocol.Wire;

namespace MoR.ExpertNode.Core;

/// <summary>
/// What a node does for the coordinator of one link: it holds shards at a version, hands requests to them, and answers by itself
/// where a shard cannot: <c>Stale</c>, <c>Missing</c>, <c>Failed</c>. Nothing it holds cannot be dropped. What no coordinator of
/// this build and epoch sends ends the link, by name.
/// </summary>
/// <param name="epoch">The epoch that the coordinator welcomed the node to.</param>
/// <param name="limits">What it takes at most.</param>
/// <param name="trains">Whether it has the role of a worker.</param>
public sealed partial class NodeCore(long epoch, NodeLimits limits, bool trains = false) : ICore<NodeEvent, NodeEffect>, IDisposable
{
    private const long NotHeld = -1;

    /// <summary>Jobs that one shard may have to keep waiting; requests leave room for changes of shards.</summary>
    public int MostJobs { get; } = 2 * limits.OpenJobs;

    private readonly SortedDictionary<int, (long Version, long Bytes)> _held = [];
    private readonly ForwardCache _kept = new(limits.KeptBytes);
    private List<NodeEffect> _effects = [];
    private int _openJobs;
    private int _openRequests;
    private long _openBytes;
    private NodeEnd? _end;
    private bool _isLeaving;
    private bool _isLinkOver;

    /// <summary>Bytes of forward's tensors that are kept for backward.</summary>
    public long KeptBytes => _kept.Bytes;

    /// <inheritdoc/>
    public IReadOnlyList<NodeEffect> Receive(NodeEvent message)
    {
        _effects = [];
        switch (message)
        {
            case Received received when _end is null:
                Handle(received.Message);
                break;
            case Received received:
                received.Message.Dispose();
                break;
            case JobDone done:
                Finish(done);
                break;
            case WorkerDone done:
                Finish(done);
                break;
            case ShardGaveUp gaveUp:
                Stop(NodeEndKind.Failed, gaveUp.Text);
                break;
            case LinkEnded ended:
                _isLinkOver = true;
                Stop(_isLeaving ? NodeEndKind.Left : NodeEndKind.LinkLost, ended.Reason);
                break;
            case StopRequested stop when _end is null && !_isLeaving:
                _isLeaving = true;
                Answer(new Envelope { LeaveRequest = new LeaveRequest { Reason = stop.Reason } });
                _effects.Add(new AwaitLeave());
                break;
            case LeaveTimedOut late:
                Stop(NodeEndKind.Left, $"leave was not granted within {late.Waited.TotalSeconds:0.#} s");
                break;
        }

        if (_end is not null && _isLinkOver && _openJobs == 0)
        {
            _effects.Add(new NothingLeft());
        }

        return _effects;
    }

    /// <inheritdoc/>
    public void Dispose() => _kept.Dispose();

    private void Handle(WireMessage message)
    {
        var envelope = message.Envelope;
        using var share = new SharedMessage(message);
        switch (envelope.BodyCase)
        {
            case Envelope.BodyOneofCase.Publish:
                Publish(share, envelope.Publish);
                break;
            case Envelope.BodyOneofCase.Revoke:
                Revoke(envelope.Revoke);
                break;
            case Envelope.BodyOneofCase.Forward:
                Forward(share, envelope.Forward);
                break;
            case Envelope.BodyOneofCase.Backward:
                Backward(share, envelope.Backward);
                break;
            case Envelope.BodyOneofCase.PublishModel when trains:
                PublishModel(share, envelope.PublishModel);
                break;
            case Envelope.BodyOneofCase.MicroBatch when trains:
                MicroBatch(share, envelope.MicroBatch);
                break;
            case Envelope.BodyOneofCase.LeaveGranted:
                Stop(NodeEndKind.Left, _isLeaving ? "leave was granted" : "the coordinator let it go");
                break;
            case Envelope.BodyOneofCase.RunEnded:
                Stop(NodeEndKind.RunEnded, envelope.RunEnded.Outcome);
                break;
            case Envelope.BodyOneofCase.Refused:
                Stop(NodeEndKind.Refused, envelope.Refused.Reason, envelope.Refused.NextStep);
                break;
            default:
                Refuse($"it sent {envelope.BodyCase}, which this node does not take");
                break;
        }
    }

    private void Publish(SharedMessage message, Publish publish)
    {
        var blocks = message.Message.Tensors;
        if (!IsOurEpoch(publish.Epoch, nameof(Publish)))
        {
            return;
        }

        if (publish.Shards.Count != blocks.Count || blocks.Any(block => block.Type != ElementType.F32))
        {
            Refuse($"it published {publish.Shards.Count} shards with {blocks.Count} tensors, one of f32 for each is needed");
            return;
        }

        if (_openJobs + blocks.Count > MostJobs)
        {
            Refuse($"it published {blocks.Count} shards while {_openJobs} jobs are not done yet, {MostJobs} jobs are taken");
            return;
        }

        if (RoomProblem(publish, blocks) is { } problem)
        {
            Refuse(problem);
            return;
        }

        _kept.DropBefore(publish.Version);
        var published = new Published { Epoch = epoch, Version = publish.Version };
        for (var i = 0; i < blocks.Count; i++)
        {
            var shard = publish.Shards[i];
            _held[shard] = (publish.Version, blocks[i].ByteCount);
            published.Shards.Add(shard);
            published.Checksums.Add(Crc32C.Of(blocks[i].Bytes.Span));
            Open(new LoadShard(shard, publish.Version, message.Share(), i));
        }

        Answer(new Envelope { Published = published });
    }

    /// <summary>Why shards cannot be held; null if there is room for them.</summary>
    private string? RoomProblem(Publish publish, IReadOnlyList<WireTensor> blocks)
    {
        var taken = _held.Where(held => !publish.Shards.Contains(held.Key)).Sum(held => held.Value.Bytes);
        foreach (var (shard, block) in publish.Shards.Zip(blocks))
        {
            if (block.ByteCount > limits.ShardBytes - taken)
            {
                return $"it published shard {shard} of {block.ByteCount} bytes, and of the {limits.ShardBytes} bytes that this node has "
                    + $"for shards {limits.ShardBytes - taken} are left";
            }

            taken += block.ByteCount;
        }

        return null;
    }

    private void Revoke(Revoke revoke)
    {
        if (!IsOurEpoch(revoke.Epoch, nameof(Revoke)))
        {
            return;
        }

        foreach (var shard in revoke.Shards)
        {
            // Not counted against the limit: there is at most one for each load, which was.
            if (_held.Remove(shard))
            {
                _kept.DropShard(shard);
                Open(new UnloadShard(shard));
            }
        }
    }

    private void Forward(SharedMessage message, Forward forward)
    {
        if (!CanTake(forward.Key, forward.Attempt, forward.Version, Direction.Forward))
        {
            return;
        }

        var key = KeyOf(forward.Key, Direction.Forward);
        if (forward.Keep)
        {
            _kept.Keep(key, forward.Version, message);
        }

        Open(new ShardRequest(key, forward.Attempt, message.Share(), null));
    }

    private void Backward(SharedMessage message, Backward backward)
    {
        if (!CanTake(backward.Key, backward.Attempt, backward.Version, Direction.Backward))
        {
            return;
        }

        var forwardKey = KeyOf(backward.Key, Direction.Forward);
        SharedMessage? forward = null;
        if (backward.CarriesForward)
        {
            _kept.Drop(forwardKey);
        }
        else
        {
            forward = _kept.Take(forwardKey, backward.Version);
            if (forward is null)
            {
                Answer(new Envelope { Missing = new Missing { Key = backward.Key, Attempt = backward.Attempt } });
                return;
            }
        }

        Open(new ShardRequest(KeyOf(backward.Key, Direction.Backward), backward.Attempt, message.Share(), forward));
    }

    /// <summary>Whether a request can go to its shard; if not, it was answered or the link ended.</summary>
    private bool CanTake(Key? key, int attempt, long version, Direction direction)
    {
        if (key is null)
        {
            Refuse($"it sent {direction} without a key");
            return false;
        }

        if (!IsOurEpoch(key.Epoch, direction.ToString()))
        {
            return false;
        }

        var held = _held.TryGetValue(key.Shard, out var shard) ? shard.Version : NotHeld;
        if (held != version)
        {
            var isBackward = direction == Direction.Backward;
            Answer(new Envelope { Stale = new Stale { Key = key, Attempt = attempt, IsBackward = isBackward, Held = held } });
            return false;
        }

        return HasRoom(KeyOf(key, direction), attempt);
    }

    /// <summary>Whether one more request can be taken; if not, it was answered.</summary>
    private bool HasRoom(RequestKey key, int attempt)
    {
        // An answer may be at the coordinator before it is known here that it was sent: what was given as credit may be open twice.
        // So may a request that is larger than the credit, which comes alone.
        var most = 2 * limits.RequestBytes;
        if (_openJobs < limits.OpenJobs && (_openBytes <= most || _openRequests <= 1))
        {
            return true;
        }

        Fail(key, attempt,
            $"{_openJobs} jobs with {_openBytes} bytes are not done yet, and a new one is taken with fewer than {limits.OpenJobs} jobs "
            + $"and at most {most} bytes, twice the credit");
        return false;
    }

    private bool IsOurEpoch(long other, string what)
    {
        if (other != epoch)
        {
            Refuse($"it sent {what} of epoch {other}, and this node was welcomed to epoch {epoch}");
        }

        return other == epoch;
    }

    private void Open(ShardJob job)
    {
        _openJobs++;
        if (job is ShardRequest request)
        {
            _openRequests++;
            _openBytes += request.Bytes;
        }

        _effects.Add(new Give(job));
    }

    private void Finish(JobDone done)
    {
        _openJobs--;
        if (done.Job is ShardRequest open)
        {
            _openRequests--;
            _openBytes -= open.Bytes;
        }

        if (done.Error is { } error && _end is null)
        {
            var text = $"{error.GetType().Name}: {error.Message}";
            _effects.Add(new Note($"shard {done.Job.Shard} failed: {text}"));
            if (done.Job is ShardRequest request)
            {
                Fail(request.Key, request.Attempt, text);
            }
        }

        done.Job.Dispose();
    }

    private void Fail(RequestKey key, int attempt, string error) => Answer(new Envelope
    {
        Failed = new Failed
        {
            Key = new Key
            {
                Epoch = key.Epoch,
                Step = key.Step,
                MicroBatch = key.MicroBatch,
                DispatchPoint = key.DispatchPoint,
                Shard = key.Shard,
            },
            Attempt = attempt,
            IsBackward = key.Direction == Direction.Backward,
            Error = error,
        },
    });

    private void Refuse(string reason) => Stop(NodeEndKind.LinkLost, reason);

    private void Stop(NodeEndKind kind, string reason, string nextStep = "")
    {
        if (_end is null)
        {
            _end = new NodeEnd(kind, reason) { NextStep = nextStep };
            _effects.Add(new End(_end));
        }
    }

    private void Answer(Envelope envelope) => _effects.Add(new Send(new WireMessage(envelope), SendPriority.Control));

    private static RequestKey KeyOf(Key key, Direction direction) =>
        new(key.Epoch, key.Step, key.MicroBatch, key.DispatchPoint, key.Shard, direction);
}
