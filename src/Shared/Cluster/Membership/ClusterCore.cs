using System.Globalization;
using MoR.Cluster.Errors;
using MoR.Cluster.Links;
using MoR.Cluster.Protocol;
using MoR.Cluster.Protocol.Wire;

namespace MoR.Cluster.Membership;

/// <summary>
/// The coordinator's view of its nodes: who is there, who holds which shard, what is asked of whom. A pure core: events and the
/// time come in by its methods, decisions go out by <see cref="IClusterEffects"/>. Moves take effect when a version is published,
/// that is between steps; only a shard that lost its last holder is placed at once.
/// </summary>
public sealed class ClusterCore
{
    private readonly ClusterOptions _options;
    private readonly IReadOnlyList<long> _shardBytes;
    private readonly long _epoch;
    private readonly IClusterEffects _effects;
    private readonly SortedDictionary<int, Node> _nodes = [];
    private readonly double[] _loads;
    private readonly TimeSpan?[] _homelessSince;
    private int[][] _holders;
    private long _version = -1;

    /// <param name="options">Replicas and times.</param>
    /// <param name="epoch">Of this coordinator.</param>
    /// <param name="shardBytes">Bytes of each shard's parameters.</param>
    /// <param name="effects">Does what is decided.</param>
    public ClusterCore(ClusterOptions options, long epoch, IReadOnlyList<long> shardBytes, IClusterEffects effects)
    {
        (_options, _epoch, _shardBytes, _effects) = (options, epoch, shardBytes, effects);
        _holders = [.. shardBytes.Select(_ => Array.Empty<int>())];
        _loads = [.. shardBytes.Select(bytes => (double)Math.Max(1, bytes))];
        _homelessSince = [.. shardBytes.Select(_ => (TimeSpan?)null)];
        Requests = new RequestDesk(options, HoldersOf, LostShards, effects);
    }

    /// <summary>The open requests.</summary>
    public RequestDesk Requests { get; }

    /// <summary>Whether the run is over, so that nodes go and nobody misses them.</summary>
    public bool HasEnded { get; set; }

    /// <summary>The nodes that are there, in the order in which they came.</summary>
    public IEnumerable<Node> Nodes => _nodes.Values;

    /// <summary>The nodes that hold a shard, first the one to ask; of <see cref="RequestKey.None"/> the workers.</summary>
    public IReadOnlyList<Node> HoldersOf(int shard) => shard == RequestKey.None
        ? [.. _nodes.Values.Where(node => node.Trains)]
        : [.. _holders[shard].Select(number => _nodes[number])];

    /// <summary>The shards that no node holds, ascending.</summary>
    public IReadOnlyList<int> Homeless => [.. Enumerable.Range(0, _holders.Length).Where(shard => _holders[shard].Length == 0)];

    /// <summary>What nodes and shards had to do since the last time that this was called.</summary>
    public ClusterLoad TakeLoad() => Requests.Meter.Take();

    /// <summary>A node has joined; it takes shards when the next version is published, or at once those that nobody has.</summary>
    public void Joined(Node node, TimeSpan now)
    {
        Requests.Counters.Joined++;
        foreach (var older in _nodes.Values.Where(older => older.Name == node.Name).ToList())
        {
            Replace(older, node, now);
        }

        _nodes.Add(node.Number, node);
        SendModel(node);
        PlaceHomeless(now);
    }

    /// <summary>A link ended.</summary>
    public void Lost(int number, string reason, TimeSpan now)
    {
        if (!_nodes.Remove(number, out var node))
        {
            return;
        }

        if (!HasEnded && (!node.Leaves || node.Shards.Count > 0))
        {
            Requests.Counters.Lost++;
            _effects.Note(reason);
        }

        _holders = [.. _holders.Select(list => list.Where(holder => holder != number).ToArray())];
        Count(now);
        PlaceHomeless(now);
        Requests.Lost(node, reason, now);
    }

    /// <summary>The parameters of a version are there: they go to their holders, and shards may move.</summary>
    public void Publish(long version, TimeSpan now)
    {
        _version = version;
        foreach (var (shard, bytes) in Requests.Loads)
        {
            _loads[shard] = (_loads[shard] + bytes) / 2;
        }

        Requests.Forget();
        Place(now);
        foreach (var node in _nodes.Values)
        {
            SendParameters(node, RevokeOthers(node));
            SendModel(node);
            if (node.Leaves && node.Shards.Count == 0)
            {
                _effects.Send(node, new Envelope { LeaveGranted = new LeaveGranted() }, SendPriority.Control);
            }
        }

        Requests.Placed(now);
    }

    /// <summary>Shards may move between those that are ready now, also where no new version is published: whoever of the nodes of both
    /// roles has read its backbone first was given all that had no holder. To be called between steps.</summary>
    public void PlaceAnew(TimeSpan now)
    {
        if (_version < 0)
        {
            return;
        }

        Place(now);
        foreach (var node in _nodes.Values)
        {
            SendParameters(node, [.. RevokeOthers(node).Where(shard => node.VersionOf(shard) != _version)]);
        }

        Requests.Placed(now);
    }

    /// <summary>A node said something; takes ownership of the message.</summary>
    public void Received(int number, WireMessage message, TimeSpan now)
    {
        if (!_nodes.TryGetValue(number, out var node))
        {
            message.Dispose();
            return;
        }

        var envelope = message.Envelope;
        switch (envelope.BodyCase)
        {
            case Envelope.BodyOneofCase.ForwardDone:
                Requests.Answered(
                    node, KeyOf(envelope.ForwardDone.Key, Direction.Forward), envelope.ForwardDone.Attempt, message, false, now);
                return;
            case Envelope.BodyOneofCase.BackwardDone:
                Requests.Answered(
                    node, KeyOf(envelope.BackwardDone.Key, Direction.Backward), envelope.BackwardDone.Attempt, message, false, now);
                return;
            case Envelope.BodyOneofCase.ParameterGradients:
                Requests.Answered(
                    node, KeyOf(envelope.ParameterGradients.Key, Direction.Backward), envelope.ParameterGradients.Attempt, message,
                    true, now);
                return;
            case Envelope.BodyOneofCase.MicroBatchDone:
                Requests.Answered(
                    node, KeyOf(envelope.MicroBatchDone.Key, Direction.Both), envelope.MicroBatchDone.Attempt, message, false, now);
                return;
        }

        using (message)
        {
            Received(node, envelope, now);
        }
    }

    private void Received(Node node, Envelope envelope, TimeSpan now)
    {
        switch (envelope.BodyCase)
        {
            case Envelope.BodyOneofCase.Published:
                break; // the actor, which has the bytes, compares the checksums
            case Envelope.BodyOneofCase.PublishedModel:
                node.HasModel = true;
                if (node.ModelVersion != _version)
                {
                    SendModel(node); // those that came while it read its backbone were not sent
                }

                PlaceHomeless(now);
                Requests.Placed(now);
                break;
            case Envelope.BodyOneofCase.Missing:
                var missing = envelope.Missing;
                Requests.Declined(node, KeyOf(missing.Key, Direction.Backward), missing.Attempt, null, now);
                break;
            case Envelope.BodyOneofCase.Stale:
                var stale = envelope.Stale;
                if (stale.Key.Shard != RequestKey.None || stale.Held != node.ModelVersion)
                {
                    SendAgain(node, stale.Key); // else it gave up what a newer version made useless
                }

                Requests.Declined(
                    node, KeyOf(stale.Key, stale.IsBackward), stale.Attempt, $"{node} had version {stale.Held}", now);
                break;
            case Envelope.BodyOneofCase.Failed:
                var failed = envelope.Failed;
                var error = OneLine.Of(failed.Error);
                _effects.Note($"{node}: {error}");
                if (failed.Key.Shard != RequestKey.None)
                {
                    SendParameters(node, [failed.Key.Shard]); // it rebuilds the shard
                }

                Requests.Failed(node, KeyOf(failed.Key, failed.IsBackward), failed.Attempt, error, now);
                break;
            case Envelope.BodyOneofCase.LeaveRequest:
                node.Leaves = true;
                _effects.Note($"{node} wants to leave: {OneLine.Of(envelope.LeaveRequest.Reason)}");
                break;
            default:
                _effects.Close(node, $"it sent {envelope.BodyCase}, which a node does not say");
                break;
        }
    }

    /// <summary>The name goes to whoever came last. Another process is told so, since by connecting again it would take it back.</summary>
    private void Replace(Node older, Node node, TimeSpan now)
    {
        var reason = $"{node} took its name";
        if (older.Incarnation == node.Incarnation)
        {
            _effects.Close(older, reason);
            return;
        }

        var refusal = new Refused
        {
            Reason = $"another process has joined under the name {older.Name}, from {node.Peer}",
            NextStep = "Give each node a name of its own (--name); end this process if the other one stands in for it.",
        };
        _effects.Send(older, new Envelope { Refused = refusal }, SendPriority.Control);
        Lost(older.Number, $"{older} was lost: {reason}", now);
    }

    /// <summary>Gives shards without a holder to whoever has room.</summary>
    private void PlaceHomeless(TimeSpan now)
    {
        if (_version < 0 || _holders.All(list => list.Length > 0))
        {
            return;
        }

        var placed = Placement.Keeping(
            [.. _loads.Zip(_shardBytes, (load, bytes) => new ShardLoad(load, bytes))],
            [.. _nodes.Values.Where(node => node.TakesShards)],
            shard => _holders[shard],
            _options);
        var homeless = Homeless;
        Place([.. _holders.Select((list, shard) => list.Length == 0 ? [.. placed[shard].Take(1)] : list)]);
        Count(now);
        foreach (var shard in homeless)
        {
            foreach (var node in HoldersOf(shard))
            {
                SendParameters(node, [shard]);
            }
        }

        Requests.Placed(now);
    }

    /// <summary>Decides who holds what from now on.</summary>
    private void Place(TimeSpan now)
    {
        Place(Placement.Of(
            [.. _loads.Zip(_shardBytes, (load, bytes) => new ShardLoad(load, bytes))],
            [.. _nodes.Values.Where(node => node.TakesShards)],
            shard => _holders[shard],
            _options));
        Count(now);
    }

    /// <summary>Takes from a node what others hold from now on; returns the shards that it does.</summary>
    private int[] RevokeOthers(Node node)
    {
        var shards = Enumerable.Range(0, _holders.Length).Where(shard => _holders[shard].Contains(node.Number)).ToArray();
        Revoke(node, [.. node.Shards.Keys.Except(shards)]);
        return shards;
    }

    private void Place(IReadOnlyList<IReadOnlyList<int>> holders)
    {
        for (var shard = 0; shard < _holders.Length; shard++)
        {
            Requests.Counters.Moves += _holders[shard].Length == 0 ? 0 : holders[shard].Except(_holders[shard]).Count();
        }

        var before = _holders;
        _holders = [.. holders.Select(list => list.ToArray())];
        if (!HasEnded && !_holders.Zip(before, (now, then) => now.SequenceEqual(then)).All(same => same))
        {
            _effects.Note($"shards are on {string.Join("; ", _nodes.Values.Where(IsHolder).Select(Shards))}");
        }

        bool IsHolder(Node node) => _holders.Any(list => list.Contains(node.Number));

        string Shards(Node node) =>
            $"{node.Name}: {string.Join(", ", Enumerable.Range(0, _holders.Length).Where(shard => _holders[shard].Contains(node.Number)))}";
    }

    /// <summary>Notes since when shards have had no holder.</summary>
    private void Count(TimeSpan now)
    {
        for (var shard = 0; shard < _holders.Length; shard++)
        {
            _homelessSince[shard] = _holders[shard].Length > 0 ? null : _homelessSince[shard] ?? now;
        }
    }

    /// <summary>The error of a request that waited for a holder too long: it names every shard that has been without one for so long.
    /// </summary>
    private ShardsLostException LostShards(OpenRequest request, TimeSpan now)
    {
        int[] shards =
        [
            .. Homeless.Where(shard => now - _homelessSince[shard] >= _options.Homeless).Append(request.Key.Shard).Distinct().Order(),
        ];
        var names = (shards.Length == 1 ? "shard " : "shards ") + string.Join(", ", shards);
        return new ShardsLostException(
            shards,
            RequestDesk.Name(request.Key),
            $"no node has held {names} for {_options.Homeless.TotalSeconds:F0} s: {HomelessBecause(shards)}",
            RequestDesk.NextStep);
    }

    private string HomelessBecause(int[] shards)
    {
        var nodes = _nodes.Values.Where(node => node.TakesShards).ToList();
        if (nodes.Count == 0)
        {
            return _nodes.Values.Any(node => !node.IsReady) ? "those that are there still read their backbones" : "there is no node";
        }

        var needed = string.Join(" and ", shards.Select(shard => _shardBytes[shard]).Distinct().Select(Bytes));
        var rooms = nodes.Select(node =>
            $"{node} has {Bytes(node.Room - node.Shards.Keys.Sum(shard => _shardBytes[shard]))} of {Bytes(node.Room)} left");
        return $"{(shards.Length == 1 ? "it needs" : "each needs")} {needed}, and {string.Join(", ", rooms)}";

        static string Bytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes:N0} bytes");
    }

    private void SendParameters(Node node, int[] shards)
    {
        if (shards.Length == 0)
        {
            return;
        }

        foreach (var shard in shards)
        {
            node.Shards[shard] = _version;
            Requests.Meter.Published(node, shard, _shardBytes[shard]);
        }

        _effects.SendParameters(node, shards);
    }

    private void Revoke(Node node, int[] shards)
    {
        if (shards.Length == 0)
        {
            return;
        }

        foreach (var shard in shards)
        {
            node.Shards.Remove(shard);
        }

        _effects.Send(node, new Envelope { Revoke = new Revoke { Epoch = _epoch, Shards = { shards } } }, SendPriority.Control);
    }

    /// <summary>Sends what a request is computed with to a node that has lost it.</summary>
    private void SendAgain(Node node, Key key)
    {
        if (key.Shard == RequestKey.None)
        {
            SendModel(node);
        }
        else
        {
            SendParameters(node, [key.Shard]);
        }
    }

    /// <summary>Gives a worker the version that was published last, if there is one. One that reads its backbone takes nothing from its
    /// link, so that it is sent one version then, and no more that would pile up here.</summary>
    private void SendModel(Node node)
    {
        if (node.IsWorker && !node.Leaves && _version >= 0 && (node.HasModel || node.ModelVersion < 0))
        {
            node.ModelVersion = _version;
            Requests.Meter.Published(node, RequestKey.None, _effects.SendModel(node));
        }
    }

    private static RequestKey KeyOf(Key key, bool isBackward) => KeyOf(
        key, key.Shard == RequestKey.None ? Direction.Both : isBackward ? Direction.Backward : Direction.Forward);

    private static RequestKey KeyOf(Key key, Direction direction) =>
        new(key.Epoch, key.Step, key.MicroBatch, key.DispatchPoint, key.Shard, direction);
}
