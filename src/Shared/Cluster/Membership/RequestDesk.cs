using MoR.Cluster.Errors;
using MoR.Cluster.Protocol;
using MoR.Cluster.Protocol.Wire;

namespace MoR.Cluster.Membership;

/// <summary>
/// The open requests: who is asked, again and whom else, and whose answer counts. The first valid answer per key does (law 1
/// makes all of them equal); a pure core, whose time is passed in.
/// </summary>
/// <param name="options">Times.</param>
/// <param name="holders">The nodes that hold a shard, first the one to ask; of <see cref="RequestKey.None"/> the workers.</param>
/// <param name="lost">The error of a request whose shard has had no holder for too long.</param>
/// <param name="effects">Does what is decided.</param>
public sealed class RequestDesk(
    ClusterOptions options, Func<int, IReadOnlyList<Node>> holders, Func<OpenRequest, TimeSpan, MorException> lost, IClusterEffects effects)
{
    /// <summary>What to do when a run ends because its nodes are not there.</summary>
    internal const string NextStep =
        "The run is saved: start nodes again ('mor expert --coordinator HOST:PORT') and go on with the command that 'mor status' shows.";

    private const int MostLate = 2;
    private readonly SortedDictionary<RequestKey, OpenRequest> _open = new(RequestOrder.Instance);
    private readonly SortedDictionary<RequestKey, Node> _keeps = new(RequestOrder.Instance);
    private readonly Sendings _sendings = new();
    private readonly RequestTimes _times = new(options);

    /// <summary>What happened so far.</summary>
    public ClusterCounters Counters => Meter.Counters;

    /// <summary>Counts what nodes and shards have to do.</summary>
    internal LoadMeter Meter { get; } = new();

    /// <summary>Bytes that were asked of each shard since <see cref="Forget"/>.</summary>
    public SortedDictionary<int, long> Loads { get; } = [];

    /// <summary>Requests without a complete answer.</summary>
    public IEnumerable<OpenRequest> Open => _open.Values;

    /// <summary>When <see cref="Wake"/> has something to do next; null for never.</summary>
    public TimeSpan? NextWake => _open.Values.Select(WakeOf).Min();

    /// <summary>Asks.</summary>
    public void Ask(OpenRequest request, TimeSpan now)
    {
        _open.Add(request.Key, request);
        if (!request.IsMicroBatch)
        {
            Loads[request.Key.Shard] = Loads.GetValueOrDefault(request.Key.Shard) + request.Bytes;
        }

        Send(request, now);
    }

    /// <summary>Nobody waits for it any longer.</summary>
    public void Cancel(OpenRequest request) => Close(request);

    /// <summary>A sending was not made after all: its request was given up or answered while it was prepared.</summary>
    public void NotSent(Attempt attempt, TimeSpan now)
    {
        _sendings.End(attempt.Node, attempt.Number, now);
        Placed(now); // there is room for others
    }

    /// <summary>A sending could not be made, and no other could: the request is not to be encoded, or larger than a message may be.
    /// </summary>
    public void CannotSend(OpenRequest request, Attempt attempt, Exception problem, TimeSpan now)
    {
        if (_open.GetValueOrDefault(request.Key) == request)
        {
            Close(request);
            effects.Fail(request, new RunException(
                Name(request.Key), $"it cannot be sent: {problem.Message.TrimEnd('.')}",
                "The run is saved. A message that is too large gets smaller with training.micro_batch_sequences; all else is a mistake "
                + "in mor.",
                problem));
        }

        NotSent(attempt, now);
    }

    /// <summary>A step's requests are over: what nodes kept for their backward passes is not asked for again.</summary>
    public void Forget()
    {
        _keeps.Clear();
        Loads.Clear();
    }

    /// <summary>Takes an answer; disposes of one that does not count.</summary>
    public void Answered(Node node, RequestKey key, int attempt, WireMessage answer, bool isGradients, TimeSpan now)
    {
        if (isGradients || key.Direction != Direction.Backward)
        {
            _sendings.End(node, attempt, now);
        }

        if (Find(node, key, attempt) is not { } found || (isGradients ? found.Request.GradientsCame : found.Request.IsAnswered))
        {
            Counters.Duplicates++;
            Meter.Received(node, key.Shard, answer.TensorBytes, TimeSpan.Zero);
            End(Find(node, key, attempt)?.Attempt, !isGradients && key.Direction == Direction.Backward);
            answer.Dispose();
            Placed(now); // there is room for others
            return;
        }

        var (request, sent) = found;
        if (request.ProblemOf(answer) is { } problem)
        {
            answer.Dispose();
            effects.Close(node, $"to {Name(key)} it sent {problem}");
            return;
        }

        node.Late = 0;
        Meter.Received(node, key.Shard, answer.TensorBytes, isGradients ? TimeSpan.Zero : now - sent.Sent);
        if (isGradients)
        {
            request.GradientsCame = true;
        }
        else
        {
            request.IsAnswered = true;
            _times.Add(request, now - sent.Sent);
            Counters.MicroBatches += request.IsMicroBatch ? 1 : 0;
            if (key.Direction == Direction.Forward)
            {
                _keeps[key] = node;
            }
        }

        End(sent, keepsRunning: request.HasGradients && !isGradients);
        effects.Answer(request, answer);
        if (request.IsDone)
        {
            Close(request);
            Placed(now); // there is room for others
        }
    }

    /// <summary>A node said that it cannot answer.</summary>
    /// <param name="node">Which.</param>
    /// <param name="key">What it was asked.</param>
    /// <param name="attempt">Which sending.</param>
    /// <param name="reason">Why, for the message if nobody can; null where it lacks what forward carried, which is ordinary.</param>
    /// <param name="now">Now.</param>
    public void Declined(Node node, RequestKey key, int attempt, string? reason, TimeSpan now)
    {
        if (Ended(node, key, attempt, now) is { } request)
        {
            Again(request, reason ?? $"{node} no longer had what it was asked about", now, isRetry: reason is not null);
            Placed(now); // there is room for others
        }
    }

    /// <summary>A node tried and failed. Another one is asked at once, the same one after a pause; with a micro-batch it is not tried
    /// again, since the coordinator can train it too.</summary>
    public void Failed(Node node, RequestKey key, int attempt, string error, TimeSpan now)
    {
        if (Ended(node, key, attempt, now) is not { } request)
        {
            return;
        }

        request.FailedAt.Add(node);
        if (request.IsMicroBatch && !request.Running.Any() && Able(request).Count == 0)
        {
            GiveUp(request, $"{node} failed: {error}");
        }
        else
        {
            Again(request, $"{node} failed: {error}", now);
        }

        Placed(now); // there is room for others
    }

    /// <summary>A node is gone: what it was asked is asked again.</summary>
    public void Lost(Node node, string reason, TimeSpan now)
    {
        foreach (var key in _keeps.Where(kept => kept.Value == node).Select(kept => kept.Key).ToList())
        {
            _keeps.Remove(key);
        }

        _sendings.Lost(node);
        foreach (var request in _open.Values.Where(request => request.Running.Any(attempt => attempt.Node == node)).ToList())
        {
            foreach (var attempt in request.Running.Where(attempt => attempt.Node == node).ToList())
            {
                End(attempt, keepsRunning: false);
            }

            Again(request, reason, now);
        }
    }

    /// <summary>Shards have new holders, or nodes more room: what waited for that is sent.</summary>
    public void Placed(TimeSpan now)
    {
        foreach (var request in _open.Values.Where(request => !request.Running.Any()).ToList())
        {
            Send(request, now);
        }
    }

    /// <summary>Sends again what is late, hedges what is slow, gives up what has no holder.</summary>
    public void Wake(TimeSpan now)
    {
        foreach (var request in _open.Values.Where(request => WakeOf(request) <= now).ToList())
        {
            foreach (var attempt in request.Running.Where(attempt => attempt.Deadline <= now).ToList())
            {
                End(attempt, keepsRunning: false);
                var late = $"{attempt.Node} did not answer {Name(request.Key)} within {(now - attempt.Sent).TotalSeconds:F1} s";
                if (++attempt.Node.Late >= MostLate)
                {
                    effects.Close(attempt.Node, late);
                }

                if (!request.Running.Any())
                {
                    Again(request, late, now);
                }
            }

            if (!_open.ContainsKey(request.Key))
            {
                continue;
            }

            if (!request.Running.Any() && request.RestsUntil <= now)
            {
                request.EndRest();
                Send(request, now);
            }

            if (!request.Running.Any() && request.HomelessSince is null)
            {
                CloseStuck(request, now);
            }

            if (now - request.HomelessSince >= HomelessFor(request))
            {
                if (request.IsMicroBatch)
                {
                    GiveUp(request, "no worker is left to train it");
                    continue;
                }

                Close(request);
                effects.Fail(request, lost(request, now));
            }
            else if (HedgeAt(request) is { } at && at <= now && Other(request) is { } other)
            {
                Counters.Hedges++;
                Send(request, other, now);
            }
        }
    }

    /// <summary>What a request is called in messages.</summary>
    public static string Name(RequestKey key) => key.Direction == Direction.Both
        ? $"micro-batch {key.MicroBatch} of step {key.Step}"
        : $"the {(key.Direction == Direction.Forward ? "forward" : "backward")} request of step {key.Step}, micro-batch {key.MicroBatch}, "
            + $"dispatch point {key.DispatchPoint}, shard {key.Shard}";

    private void Again(OpenRequest request, string reason, TimeSpan now, bool isRetry = true)
    {
        if (request.Running.Any() || !_open.ContainsKey(request.Key))
        {
            return;
        }

        Counters.Retries += isRetry ? 1 : 0;
        if (request.Attempts.Count >= options.MostAttempts)
        {
            GiveUp(request, $"it was sent {request.Attempts.Count} times, the last time {reason}");
            return;
        }

        Send(request, now);
    }

    /// <summary>Sends it if somebody has the shard and room for it; else it waits.</summary>
    private void Send(OpenRequest request, TimeSpan now)
    {
        var among = Able(request);
        NoteAbsence(request, isThere: among.Count > 0, now);
        if (Best(request, among) is { } node)
        {
            Send(request, node, now);
        }
    }

    /// <summary>Notes since when nobody is there to ask. While all who are there have just failed, it rests instead.</summary>
    private static void NoteAbsence(OpenRequest request, bool isThere, TimeSpan now)
    {
        if (!isThere && !request.IsMicroBatch && request.FailedAt.Count > 0)
        {
            request.Rest(now);
        }

        request.HomelessSince = isThere || request.RestsUntil is not null ? null : request.HomelessSince ?? now;
    }

    private void Send(OpenRequest request, Node node, TimeSpan now)
    {
        var kept = _keeps.GetValueOrDefault(request.Key with { Direction = Direction.Forward }) == node;
        var attempt = new Attempt(_sendings.NextNumber(), node, now, _times.Deadline(request, node, now), request.Bytes, !kept)
        {
            IsMicroBatch = request.IsMicroBatch,
        };
        _sendings.Begin(attempt);
        request.Add(attempt);
        Meter.Sent(request, attempt);
        effects.SendRequest(request, attempt);
    }

    /// <summary>The node that kept the rows, else the holder with the least on its hands.</summary>
    private Node? Best(OpenRequest request, IReadOnlyList<Node> among) => among
        .Where(node => HasRoom(node, request))
        .OrderBy(node => node.Late > 0)
        .ThenBy(node => _keeps.GetValueOrDefault(request.Key with { Direction = Direction.Forward }) == node ? 0 : 1)
        .ThenBy(node => (request.IsMicroBatch ? node.MicroBatches + 1 : node.Outstanding) / node.Rate)
        .FirstOrDefault();

    /// <summary>A holder that was not asked yet.</summary>
    private Node? Other(OpenRequest request) =>
        Best(request, [.. Able(request).Where(node => request.Attempts.All(attempt => attempt.Node != node))]);

    private bool HasRoom(Node node, OpenRequest request) => request.IsMicroBatch
        ? node.MicroBatches < options.MicroBatches
        : node.Outstanding == 0 || node.Outstanding + request.Bytes <= node.Credit;

    /// <summary>How long nobody may be there to ask. A micro-batch is not waited with: the coordinator can train it too.</summary>
    private TimeSpan HomelessFor(OpenRequest request) => request.IsMicroBatch ? TimeSpan.Zero : options.Homeless;

    /// <summary>Who has the shard, or the model, at the right version, and has not just failed.</summary>
    private List<Node> Able(OpenRequest request) =>
    [
        .. holders(request.Key.Shard)
            .Where(node => node.VersionOf(request.Key.Shard) == request.Version && !request.FailedAt.Contains(node)),
    ];

    private TimeSpan? HedgeAt(OpenRequest request)
    {
        var running = request.Running.ToList();
        if (!options.Hedges || request.IsAnswered || running.Count != 1 || Other(request) is null)
        {
            return null;
        }

        return _times.HedgeAt(request, running[0].Sent);
    }

    private TimeSpan? WakeOf(OpenRequest request)
    {
        if (!request.Running.Any())
        {
            // At once if those that it waited for room on are gone.
            return request.RestsUntil ?? (request.HomelessSince is { } since
                ? since + HomelessFor(request)
                : Able(request).Select(node => StuckAt(node, request)).DefaultIfEmpty(TimeSpan.Zero).Min());
        }

        var deadline = request.Running.Min(attempt => attempt.Deadline);
        return HedgeAt(request) is { } hedge && hedge < deadline ? hedge : deadline;
    }

    /// <summary>When a node that has no room for a request should have been done with something: what holds its credit may be waited
    /// for by nobody any longer, and then has no deadline of its own.</summary>
    private TimeSpan StuckAt(Node node, OpenRequest request) => _times.Deadline(request, node, node.Moved);

    private void CloseStuck(OpenRequest request, TimeSpan now)
    {
        var able = Able(request);
        NoteAbsence(request, isThere: able.Count > 0, now);
        foreach (var node in able.Where(node => StuckAt(node, request) <= now))
        {
            var quiet = now - node.Moved;
            node.Moved = now; // its link ends soon
            effects.Close(node, $"it was done with nothing for {quiet.TotalSeconds:F1} s, and {Name(request.Key)} waits for room on it");
        }
    }

    /// <summary>The request whose sending a node is done with, without an answer; null if nobody waits for that sending.</summary>
    private OpenRequest? Ended(Node node, RequestKey key, int attempt, TimeSpan now)
    {
        _sendings.End(node, attempt, now);
        if (Find(node, key, attempt) is not { } found)
        {
            Placed(now); // there is room for others
            return null;
        }

        End(found.Attempt, keepsRunning: false);
        _keeps.Remove(key with { Direction = Direction.Forward });
        return found.Request;
    }

    private (OpenRequest Request, Attempt Attempt)? Find(Node node, RequestKey key, int number) =>
        _open.TryGetValue(key, out var request)
        && request.Attempts.FirstOrDefault(sent => sent.Number == number) is { } attempt && attempt.Node == node
            ? (request, attempt)
            : null;

    private static void End(Attempt? attempt, bool keepsRunning)
    {
        if (attempt is { HasEnded: false } && !keepsRunning)
        {
            attempt.HasEnded = true;
        }
    }

    private void Close(OpenRequest request)
    {
        // Another request has the key where a step is run again.
        if (_open.GetValueOrDefault(request.Key) == request)
        {
            _open.Remove(request.Key);
        }

        foreach (var attempt in request.Attempts)
        {
            attempt.HasEnded = true;
        }
    }

    private void GiveUp(OpenRequest request, string why)
    {
        Close(request);
        effects.Fail(request, new RunException(
            Name(request.Key), why,
            NextStep));
    }
}
