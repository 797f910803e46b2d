namespace MoR.Cluster.Membership;

/// <summary>What went to and fro between the coordinator and one node, or for one shard.</summary>
public sealed record Traffic
{
    /// <summary>Sendings of requests.</summary>
    public long Requests { get; init; }

    /// <summary>Rows of first sendings of forward requests: one for each token and dispatch point that chose the shard.</summary>
    public long Rows { get; init; }

    /// <summary>Bytes of their tensors.</summary>
    public long SentBytes { get; init; }

    /// <summary>Of them, bytes of sendings that were not the first: retries, hedges, and what a node had dropped.</summary>
    public long AgainBytes { get; init; }

    /// <summary>Bytes of answers' tensors, also of those that did not count.</summary>
    public long ReceivedBytes { get; init; }

    /// <summary>Bytes of parameters that were published.</summary>
    public long ParameterBytes { get; init; }

    /// <summary>From sending to the answer that counted, summed over requests, many of which are open at once.</summary>
    public TimeSpan Wait { get; init; }

    /// <summary>Both together.</summary>
    public Traffic Plus(Traffic other) => new()
    {
        Requests = Requests + other.Requests,
        Rows = Rows + other.Rows,
        SentBytes = SentBytes + other.SentBytes,
        AgainBytes = AgainBytes + other.AgainBytes,
        ReceivedBytes = ReceivedBytes + other.ReceivedBytes,
        ParameterBytes = ParameterBytes + other.ParameterBytes,
        Wait = Wait + other.Wait,
    };
}
