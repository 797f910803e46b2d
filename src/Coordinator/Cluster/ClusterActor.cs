using MoR.Cluster.Actors;
using MoR.Cluster.Errors;
using MoR.Cluster.Links;
using MoR.Cluster.Membership;
using MoR.Cluster.Protocol.Wire;
using MoR.Coordinator.Runs;

namespace MoR.Coordinator.Cluster;

/// <summary>
/// The shell around <see cref="ClusterCore"/>: a mailbox whose messages are handled one by one, the links that its decisions go
/// out by, and one timer. Everything that touches the core happens in the mailbox's loop, which goes on whatever is thrown in it: what
/// is open then fails, and so does what is asked later.
/// </summary>
internal sealed class ClusterActor : IClusterEffects, IDisposable
{
    private const int MostWaiting = 65_536;
    private readonly Mailbox<Action<TimeSpan>> _mailbox = new(MostWaiting);
    private readonly NodeLinks _links;
    private readonly ClusterCore _core;
    private readonly TimeProvider _time;
    private readonly Action<string> _note;
    private readonly ITimer _timer;
    private readonly int _shards;
    private readonly long _began;
    private readonly List<(Predicate<ClusterCore> Condition, TaskCompletionSource Reached)> _waits = [];
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
        (_shards, _time, _note) = (shardBytes.Count, time, note);
        _began = time.GetTimestamp();
        _core = new ClusterCore(options, epoch, shardBytes, this);
        _links = new NodeLinks(epoch, _core, _mailbox);
        _timer = time.CreateTimer(_ => _mailbox.TryPost(_core.Requests.Wake), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>What happened so far.</summary>
    public ClusterCounters Counters => _core.Requests.Counters;

    /// <summary>Workers that are there and ready: one that still reads its backbone is given nothing.</summary>
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

        Fail(Closed());
        _links.Take(null);
    }

    /// <summary>A node has joined.</summary>
    public ValueTask<bool> JoinedAsync(NodeLink node) => _mailbox.PostAsync(now =>
    {
        _links.Add(node);
        _core.Joined(node.Node, now);
        if (_farewell is { } message)
        {
            _links.Send(node.Node, message(), SendPriority.Control); // it came back after the others were told
        }
    });

    /// <summary>A link ended.</summary>
    public ValueTask<bool> LostAsync(Node node, string reason) => _mailbox.PostAsync(now =>
    {
        _links.Remove(node);
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
    public void Cancel(ShardRequest request)
    {
        _ = CancelAsync();

        async Task CancelAsync()
        {
            if (!await _mailbox.PostAsync(_ => Fail(request, new OperationCanceledException())))
            {
                request.SetFailure(new OperationCanceledException());
            }
        }
    }

    /// <summary>Publishes a version; takes ownership of the parameters.</summary>
    public async ValueTask<bool> PublishAsync(PublishedParameters parameters)
    {
        var isPosted = await _mailbox.PostAsync(now =>
        {
            _links.Take(parameters);
            _core.Publish(parameters.Version, now);
        });
        if (!isPosted)
        {
            parameters.Release();
        }

        return isPosted;
    }

    /// <summary>Shares out the shards anew, between steps, as publishing a version does.</summary>
    public ValueTask<bool> PlaceAnewAsync() => _mailbox.PostAsync(_core.PlaceAnew);

    /// <summary>Ends once something is so; asked again after every event.</summary>
    /// <exception cref="RunException">The actor was closed, or failed, before that.</exception>
    public async Task UntilAsync(Predicate<ClusterCore> condition, CancellationToken cancel)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!await _mailbox.PostAsync(_ =>
        {
            if (_broken is null)
            {
                _waits.Add((condition, reached));
            }
            else
            {
                reached.TrySetException(_broken);
            }
        }))
        {
            throw Closed();
        }

        // Not Task.WaitAsync, which goes on elsewhere than on a simulator's thread.
        await using var registration = cancel.Register(() => reached.TrySetCanceled(cancel));
        await reached.Task;
    }

    /// <summary>Something of the core as it is now.</summary>
    /// <exception cref="RunException">The actor was closed.</exception>
    public async Task<T> OfCoreAsync<T>(Func<ClusterCore, T> of, CancellationToken cancel)
    {
        T value = default!;
        await UntilAsync(
            core =>
            {
                value = of(core);
                return true;
            },
            cancel);
        return value;
    }

    /// <summary>The nodes as they are now; null after the end.</summary>
    public async Task<IReadOnlyList<NodeStatus>?> NodesAsync()
    {
        try
        {
            return await OfCoreAsync<IReadOnlyList<NodeStatus>>(
                core => [.. core.Nodes.Select(node => new NodeStatus(
                    node.Name, node.Peer, [.. node.Shards.Keys], node.IsWorker, node.Outstanding, node.Leaves))],
                CancellationToken.None);
        }
        catch (RunException)
        {
            return null;
        }
    }

    /// <summary>The run is over: says so to every node.</summary>
    public ValueTask<bool> EndAsync(Func<Envelope> message) => _mailbox.PostAsync(_ =>
    {
        (_core.HasEnded, _farewell) = (true, message);
        _links.SendAll(message);
    });

    /// <summary>This process goes, and the run may go on in another one: no node is missed from now on.</summary>
    public ValueTask<bool> LeaveAsync() => _mailbox.PostAsync(_ => _core.HasEnded = true);

    /// <inheritdoc/>
    public void Dispose()
    {
        _timer.Dispose();
        _mailbox.Close();
    }

    void IClusterEffects.Send(Node node, Envelope message, SendPriority priority) => _links.Send(node, message, priority);

    void IClusterEffects.SendParameters(Node node, IReadOnlyList<int> shards) => _links.SendParameters(node, shards);

    long IClusterEffects.SendModel(Node node) => _links.SendModel(node);

    void IClusterEffects.SendRequest(OpenRequest request, Attempt attempt) => _links.SendRequest((ShardRequest)request, attempt);

    void IClusterEffects.Close(Node node, string reason) => _links.Close(node, reason);

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

    private void Received(Node node, WireMessage message, TimeSpan now)
    {
        var problem = NodeMessageRules.ProblemOf(message.Envelope, _shards)
            ?? (_links.Mismatch(message.Envelope) is { } mismatch ? $"it did not get {mismatch} as it was sent" : null);
        if (problem is not null)
        {
            message.Dispose();
            _links.Close(node, problem);
            return;
        }

        _core.Received(node.Number, message, now);
    }

    private void Handle(Action<TimeSpan> handle)
    {
        try
        {
            handle(Now);
            _workers = _core.Nodes.Count(node => node.Trains);
            _hasExperts |= _core.Nodes.Any(node => node.TakesShards);
        }
#pragma warning disable CA1031 // Whatever went wrong, those who wait must learn of it.
        catch (Exception problem)
#pragma warning restore CA1031
        {
            Break(problem);
        }

        EndWaits();
    }

    private void EndWaits()
    {
        foreach (var wait in _waits.ToArray())
        {
            try
            {
                if (wait.Condition(_core))
                {
                    wait.Reached.TrySetResult();
                }
            }
#pragma warning disable CA1031 // Who asks learns of it, and nobody else is harmed.
            catch (Exception problem)
#pragma warning restore CA1031
            {
                wait.Reached.TrySetException(problem);
            }
        }

        _waits.RemoveAll(wait => wait.Reached.Task.IsCompleted);
    }

    private void Break(Exception problem)
    {
        _broken ??= new RunException("cluster", problem.Message, "This is a mistake in mor; the run is saved.", problem);
        Fail(_broken);
    }

    /// <summary>Ends everything that somebody waits for.</summary>
    private void Fail(MorException problem)
    {
        foreach (var request in _core.Requests.Open.ToArray())
        {
            Fail((ShardRequest)request, problem);
        }

        foreach (var (_, reached) in _waits)
        {
            reached.TrySetException(problem);
        }

        _waits.Clear();
    }

    private void Fail(ShardRequest request, Exception problem)
    {
        _core.Requests.Cancel(request);
        request.SetFailure(problem);
    }

    private TimeSpan Now => _time.GetElapsedTime(_began);

    private void Arm()
    {
        try
        {
            var wait = _core.Requests.NextWake is not { } at ? Timeout.InfiniteTimeSpan : at > Now ? at - Now : TimeSpan.Zero;
            _timer.Change(wait, Timeout.InfiniteTimeSpan);
        }
#pragma warning disable CA1031 // Without a timer nothing would be late any more.
        catch (Exception problem)
#pragma warning restore CA1031
        {
            Break(problem);
        }
    }

    private static RunException Closed() => new("cluster", "it was closed", "This is a mistake in mor; the run is saved.");
}
