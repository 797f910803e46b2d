namespace MoR.Cluster.Membership;

/// <summary>One sending of a request.</summary>
/// <param name="Number">Comes back in the answer; no other sending of the session has it, so that what answers a step that was given
/// up is not taken for an answer to the same step run again.</param>
/// <param name="Node">Who was asked.</param>
/// <param name="Sent">When.</param>
/// <param name="Deadline">When the answer is late.</param>
/// <param name="Bytes">What it takes of the node's credit until the node is done with it.</param>
/// <param name="CarriesForward">Whether backward carries what forward did; else the node is to have kept it.</param>
public sealed record Attempt(int Number, Node Node, TimeSpan Sent, TimeSpan Deadline, long Bytes, bool CarriesForward)
{
    /// <summary>Whether it is a micro-batch at a worker, which takes a place there instead of bytes.</summary>
    public bool IsMicroBatch { get; init; }

    /// <summary>Whether no answer is expected from it any longer.</summary>
    public bool HasEnded { get; internal set; }
}
