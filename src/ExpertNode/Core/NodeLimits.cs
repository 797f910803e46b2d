namespace MoR.ExpertNode.Core;

/// <summary>What a node takes at most.</summary>
/// <param name="KeptBytes">Bytes of forward's tensors that it keeps for backward.</param>
/// <param name="RequestBytes">Bytes of requests that are not answered yet: the credit that it gives the coordinator.</param>
/// <param name="OpenJobs">Requests and changes of shards that are not done yet.</param>
public sealed record NodeLimits(long KeptBytes, long RequestBytes, int OpenJobs = 4096)
{
    private const int Parts = 16;
    private const int PartsKept = 4;
    private const int Versions = 2;
    private const int CreditsOpen = 4;
    private const long MostRequestBytes = 1L << 30;

    /// <summary>Bytes of parameters that it holds.</summary>
    public long ShardBytes { get; init; } = long.MaxValue;

    /// <summary>
    /// The shares of a memory. The credit is a sixteenth, at most the 1 GiB that a link keeps unread; requests and their answers may
    /// take four times the credit, as twice the credit may be open (see <see cref="NodeCore"/>), and answers are about as large. A
    /// quarter is for what backward will ask for. The rest is for shards, each of which is there twice while a new version arrives.
    /// </summary>
    /// <param name="memory">Bytes.</param>
    public static NodeLimits Of(long memory)
    {
        var credit = Math.Min(MostRequestBytes, memory / Parts);
        var kept = memory / PartsKept;
        return new NodeLimits(kept, credit) { ShardBytes = (memory - (CreditsOpen * credit) - kept) / Versions };
    }
}
