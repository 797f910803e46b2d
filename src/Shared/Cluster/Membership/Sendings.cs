namespace MoR.Cluster.Membership;

/// <summary>
/// What nodes are at work on. A sending takes of its node's credit until the node is done with it, also if nobody waits for it any
/// longer: the node has it in memory all the same.
/// </summary>
internal sealed class Sendings
{
    private readonly SortedDictionary<int, Attempt> _atNodes = [];
    private int _last = -1;

    /// <summary>A number that no other sending at work has.</summary>
    public int NextNumber() => _last = _last == int.MaxValue ? 0 : _last + 1;

    /// <summary>A node begins to work on a sending.</summary>
    public void Begin(Attempt attempt)
    {
        _atNodes.Add(attempt.Number, attempt);
        attempt.Node.Moved = attempt.Sent;
        Count(attempt, 1);
    }

    /// <summary>A node is done with a sending.</summary>
    public void End(Node node, int number, TimeSpan now)
    {
        if (_atNodes.TryGetValue(number, out var attempt) && attempt.Node == node)
        {
            _atNodes.Remove(number);
            node.Moved = now;
            Count(attempt, -1);
        }
    }

    /// <summary>A node is gone.</summary>
    public void Lost(Node node)
    {
        foreach (var number in _atNodes.Where(sent => sent.Value.Node == node).Select(sent => sent.Key).ToList())
        {
            _atNodes.Remove(number);
        }
    }

    private static void Count(Attempt attempt, int sign)
    {
        if (attempt.IsMicroBatch)
        {
            attempt.Node.MicroBatches += sign;
        }
        else
        {
            attempt.Node.Outstanding += sign * attempt.Bytes;
        }
    }
}
