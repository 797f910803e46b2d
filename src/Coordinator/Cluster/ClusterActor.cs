using MoR.Cluster.Actors;
using MoR.Cluster.Errors;
using MoR.Cluster.Links;
using MoR.Cluster.Membership;
using MoR.Cluster.Protocol.Wire;
using MoR.Coordinator.Runs;

namespace MoR.Coordinator.Cluster;

/// <summary>
/// The shell around <see cref="ClusterCore"/>: a mailbox whose messages are handled one by one, the links that its decisions go
/// out by, and one timer. Everything that touches the core happens in the mailbox's loop.
/// </summary>
internal sealed class ClusterActor : IClusterEffects, IDisposable
{
    private const int MostWaiting = 65_536;
    private readonly Mailbox<Action<TimeSpan>> _mailbox = new(MostWaiting);
    private readonly SortedDictionary<int, NodeLink> _links = [];
    private readonly ClusterCore _core;
    private readonly TimeProvider _time;
    private readonly Action<string> _note;
    private readonly ITimer _timer;
    private readonly long _epoch;
    private readonly int _shards;
    private readonly long _began;
    private readonly List<(Predicate<ClusterCore> Condition, TaskCompletionSource Reached)> _waits = [];
    private PublishedParameters? _parameters;
    private Func<Envelope>? _farewell;
    private MorException? _broken;
    private volatile int _workers;
    private volatile bool _hasExperts;

    /// <param name="options">Replicas and times.</param>
    /// <param name="epoch">Of this coordinator.</param>
    /// <param name="shardBytes">Bytes of each shard's parameters.</param>
    /// <param name="time">The clock.</param>
    /// <param name="note">Tells the user.</param>
    public ClusterActor(
        ClusterOptions options, long epoch, IReadOnlyList<long> shardBytes, TimeProvider time, Action<string> note)
    {
        (_epoch, _shards, _time, _note) = (epoch, shardBytes.Count, time, note);
        _began = time.GetTimestamp();
        _core = new ClusterCore(options, epoch, shardBytes, this);
        _timer = time.CreateTimer(_ => _mailbox.TryPost(_core.Requests.Wake), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>What happened so far.</summary>
    public ClusterCounters Counters => _core.Requests.Counters;

    /// <summary>Workers that are there, also those that are still reading their backbones.</summary>
    public int Workers => _workers;

    /// <summary>Whether experts are on nodes: a node that takes shards has joined, and from then on they are asked.</summary>
    public bool HasExperts => _hasExperts;

    /// <summary>Handles messages until <see cref="Dispose"/>; a failure inside fails every open and later request.</summary>
    public async Task RunAsync()
    {
        while (await _mailbox.WaitAsync())
        {
            while (_mailbox.TryTake(out var handle))
            {
                Handle(handle);
            }

            Arm();
        }

        _parameters?.Release();
    }

    /// <summary>A node has joined.</summary>
    public ValueTask<bool> JoinedAsync(NodeLink node) => _mailbox.PostAsync(now =>
    {
        _links.Add(node.Node.Number, node);
        _core.Joined(node.Node, now);
        if (_farewell is { } message)
        {
            Send(node.Node, message(), SendPriority.Control); // it came back after the others were told
        }
    });

    /// <summary>A link ended.</summary>
    public ValueTask<bool> LostAsync(Node node, string reason) => _mailbox.PostAsync(now =>
    {
        _links.Remove(node.Number);
        _core.Lost(node.Number, reason, now);
    });

    /// <summary>A node said something; takes ownership.</summary>
    public async ValueTask ReceivedAsync(Node node, WireMessage message)
    {
        if (!await _mailbox.PostAsync(now => Received(node, message, now)))
        {
            message.Dispose();
        }
    }

    /// <summary>Asks a shard; the request ends by its answer or its failure.</summary>
    public async ValueTask AskAsync(ShardRequest request)
    {
        if (!await _mailbox.PostAsync(now =>
        {
            if (_broken is null)
            {
                _core.Requests.Ask(request, now);
            }
            else
            {
                request.SetFailure(_broken);
            }
        }))
        {
            request.SetFailure(Closed());
        }
    }

    /// <summary>Asks, and returns what the critical path waits for; the caller owns it.</summary>
    public async Task<WireMessage> AnswerAsync(ShardRequest request, CancellationToken cancel)
    {
        await AskAsync(request);
        await using var registration = cancel.Register(() => Cancel(request));
        return await request.AnswerAsync;
    }

    /// <summary>Nobody waits for a request any longer.</summary>
    public void Cancel(ShardRequest request) => _mailbox.TryPost(_ =>
    {
        _core.Requests.Cancel(request);
        request.SetFailure(new OperationCanceledException());
    });

    /// <summary>Publishes a version; takes ownership of the parameters.</summary>
    public ValueTask<bool> PublishAsync(PublishedParameters parameters) => _mailbox.PostAsync(now =>
    {
        _parameters?.Release();
        _parameters = parameters;
        _core.Publish(parameters.Version, now);
    });

    /// <summary>Ends once something is so; asked again after every event.</summary>
    public async Task UntilAsync(Predicate<ClusterCore> condition, CancellationToken cancel)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await _mailbox.PostAsync(_ => _waits.Add((condition, reached)));

        // Not Task.WaitAsync, which goes on elsewhere than on a simulator's thread.
        await using var registration = cancel.Register(() => reached.TrySetCanceled(cancel));
        await reached.Task;
    }

    /// <summary>The nodes as they are now; null after the end.</summary>
    public async Task<IReadOnlyList<NodeStatus>?> NodesAsync()
    {
        var nodes = new TaskCompletionSource<IReadOnlyList<NodeStatus>>(TaskCreationOptions.RunContinuationsAsynchronously);
        return await _mailbox.PostAsync(_ => nodes.SetResult(
            [.. _core.Nodes.Select(node => new NodeStatus(node.Name, node.Peer, [.. node.Shards.Keys], node.Outstanding, node.Leaves))]))
            ? await nodes.Task
            : null;
    }

    /// <summary>The run is over: says so to every node.</summary>
    public ValueTask<bool> EndAsync(Func<Envelope> message) => _mailbox.PostAsync(_ =>
    {
        (_core.HasEnded, _farewell) = (true, message);
        foreach (var (_, node) in _links)
        {
            Send(node.Node, message(), SendPriority.Control);
        }
    });

    /// <inheritdoc/>
    public void Dispose()
    {
        _timer.Dispose();
        _mailbox.Close();
    }

    void IClusterEffects.Send(Node node, Envelope message, SendPriority priority) => Send(node, message, priority);

    void IClusterEffects.SendParameters(Node node, IReadOnlyList<int> shards)
    {
        if (_links.TryGetValue(node.Number, out var to) && _parameters is { } parameters)
        {
            _ = SendAsync(to.Link.SendAsync(parameters.Of(_epoch, shards), SendPriority.Critical), parameters.Release);
        }
    }

    void IClusterEffects.SendModel(Node node)
    {
        if (_links.TryGetValue(node.Number, out var to) && _parameters is { } parameters)
        {
            _ = SendAsync(to.Link.SendAsync(parameters.Model(), SendPriority.Critical), parameters.Release);
        }
    }

    void IClusterEffects.SendRequest(OpenRequest request, Attempt attempt)
    {
        if (_links.TryGetValue(attempt.Node.Number, out var to))
        {
            _ = SendRequestAsync((ShardRequest)request, attempt, to.Link);
        }
    }

    void IClusterEffects.Close(Node node, string reason)
    {
        if (_links.TryGetValue(node.Number, out var link))
        {
            link.Link.Close(reason);
        }
    }

    void IClusterEffects.Answer(OpenRequest request, WireMessage answer)
    {
        ((ShardRequest)request).SetAnswer(answer);
        if (request.IsDone)
        {
            ((ShardRequest)request).End();
        }
    }

    void IClusterEffects.Fail(OpenRequest request, MorException problem) => ((ShardRequest)request).SetFailure(problem);

    void IClusterEffects.Note(string text) => _note(text);

    private void Send(Node node, Envelope message, SendPriority priority)
    {
        if (_links.TryGetValue(node.Number, out var to))
        {
            _ = SendAsync(to.Link.SendAsync(new WireMessage(message), priority), then: null);
        }
    }

    /// <summary>A sending that was counted and not made gives its credit back, as no answer will.</summary>
    private async Task SendRequestAsync(ShardRequest request, Attempt attempt, Link link)
    {
        var isSent = false;
        await SendAsync(TrySendAsync(), then: null);
        if (!isSent)
        {
            _mailbox.TryPost(now => _core.Requests.NotSent(attempt, now));
        }

        async Task TrySendAsync() => isSent = await request.SendAsync(
            attempt.Number, attempt.CarriesForward, message => link.SendAsync(message, SendPriority.Critical));
    }

    /// <summary>What a link does not take, its end reports.</summary>
    private async Task SendAsync(Task sending, Action? then)
    {
        try
        {
            await sending;
        }
        catch (LinkException)
        {
            // The node's loss is handled when its link's end comes in.
        }
        catch (OperationCanceledException)
        {
            // The request's micro-batch was given up while it was being encoded.
        }
        finally
        {
            if (then is not null && !_mailbox.TryPost(_ => then()))
            {
                then();
            }
        }
    }

    private void Received(Node node, WireMessage message, TimeSpan now)
    {
        if (NodeMessageRules.ProblemOf(message.Envelope, _shards) is { } problem)
        {
            message.Dispose();
            ((IClusterEffects)this).Close(node, problem);
            return;
        }

        var mismatch = message.Envelope.BodyCase switch
        {
            Envelope.BodyOneofCase.Published => _parameters?.Mismatch(message.Envelope.Published),
            Envelope.BodyOneofCase.PublishedModel => _parameters?.Mismatch(message.Envelope.PublishedModel),
            _ => null,
        };
        if (mismatch is not null)
        {
            message.Dispose();
            ((IClusterEffects)this).Close(node, $"it did not get {mismatch} as it was sent");
            return;
        }

        _core.Received(node.Number, message, now);
    }

    private void Handle(Action<TimeSpan> handle)
    {
        try
        {
            handle(Now);
        }
#pragma warning disable CA1031 // Whatever went wrong, those who wait must learn of it.
        catch (Exception problem)
#pragma warning restore CA1031
        {
            _broken = new RunException("cluster", problem.Message, "This is a mistake in mor; the run is saved.", problem);
            foreach (var request in _core.Requests.Open.ToList())
            {
                _core.Requests.Cancel(request);
                ((ShardRequest)request).SetFailure(_broken);
            }
        }

        _workers = _core.Nodes.Count(node => node.Trains);
        _hasExperts |= _core.Nodes.Any(node => node.TakesShards);
        foreach (var wait in _waits.Where(wait => wait.Condition(_core)).ToList())
        {
            wait.Reached.TrySetResult();
            _waits.Remove(wait);
        }
    }

    private TimeSpan Now => _time.GetElapsedTime(_began);

    private void Arm()
    {
        if (_core.Requests.NextWake is { } at)
        {
            _timer.Change(at > Now ? at - Now : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        }
        else
        {
            _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    private static RunException Closed() => new("cluster", "it was closed", "This is a mistake in mor; the run is saved.");
}
