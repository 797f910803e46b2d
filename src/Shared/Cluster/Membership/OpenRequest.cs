using MoR.Cluster.Protocol;
using MoR.Cluster.Protocol.Wire;

namespace MoR.Cluster.Membership;

/// <summary>A request to a shard, or a micro-batch for a worker, that is not answered yet.</summary>
/// <param name="key">Names it.</param>
/// <param name="version">The version of the parameters that must answer.</param>
/// <param name="bytes">Bytes of its tensors, with what forward carried.</param>
/// <param name="problemOf">What is wrong with an answer, to follow "it sent"; null if it is valid.</param>
public class OpenRequest(RequestKey key, long version, long bytes, Func<WireMessage, string?> problemOf)
{
    private static readonly TimeSpan FirstRest = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestRest = TimeSpan.FromSeconds(5);
    private readonly List<Attempt> _attempts = [];
    private int _rests;

    /// <summary>Names it.</summary>
    public RequestKey Key => key;

    /// <summary>The version of the parameters that must answer.</summary>
    public long Version => version;

    /// <summary>Bytes of its tensors, with what forward carried: what it takes of a node's credit.</summary>
    public long Bytes => bytes;

    /// <summary>Whether a worker is asked, not a shard.</summary>
    public bool IsMicroBatch => key.Direction == Direction.Both;

    /// <summary>Of them, those that a backward request leaves out where the node has kept them.</summary>
    public long ForwardBytes { get; init; }

    /// <summary>Rows that it carries.</summary>
    public long Rows { get; init; }

    /// <summary>Whether gradients of parameters follow the answer that the critical path waits for.</summary>
    public bool HasGradients => key.Direction == Direction.Backward;

    /// <summary>Since when no node holds its shard, or no worker can train it; null while one does.</summary>
    public TimeSpan? HomelessSince { get; internal set; }

    /// <summary>Nodes that tried and failed since the last rest.</summary>
    internal List<Node> FailedAt { get; } = [];

    /// <summary>Until when nobody is asked again, as all who are there have failed; null if it does not rest.</summary>
    public TimeSpan? RestsUntil { get; private set; }

    /// <summary>Whether the critical path has its answer.</summary>
    public bool IsAnswered { get; internal set; }

    /// <summary>Whether the gradients of its parameters are there.</summary>
    public bool GradientsCame { get; internal set; }

    /// <summary>Whether nothing more is wanted.</summary>
    public bool IsDone => IsAnswered && (GradientsCame || !HasGradients);

    /// <summary>Every sending.</summary>
    public IReadOnlyList<Attempt> Attempts => _attempts;

    /// <summary>Sendings that may still be answered.</summary>
    public IEnumerable<Attempt> Running => _attempts.Where(attempt => !attempt.HasEnded);

    /// <summary>What is wrong with an answer, to follow "it sent"; null if it is valid.</summary>
    public string? ProblemOf(WireMessage answer) => problemOf(answer);

    internal void Add(Attempt attempt) => _attempts.Add(attempt);

    /// <summary>Begins a rest, twice as long as the one before up to a limit, unless it rests already.</summary>
    internal void Rest(TimeSpan now)
    {
        if (RestsUntil is null)
        {
            var rest = FirstRest * Math.Pow(2, _rests++);
            RestsUntil = now + (rest < LongestRest ? rest : LongestRest);
        }
    }

    /// <summary>Whoever failed may be asked again.</summary>
    internal void EndRest()
    {
        RestsUntil = null;
        FailedAt.Clear();
    }
}
