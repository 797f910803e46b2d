namespace MoR.Cluster.Links;

/// <summary>A link ended, or was never made: the peer is gone, silent, or says what the protocol does not allow.</summary>
/// <param name="peer">Name and address of the peer.</param>
/// <param name="problem">What happened, without a final period.</param>
/// <param name="cause">What it came from.</param>
public sealed class LinkException(string peer, string problem, Exception? cause = null)
    : Exception($"{peer}: {problem}.", cause)
{
    /// <summary>Name and address of the peer.</summary>
    public string Peer => peer;

    /// <summary>What happened, without a final period.</summary>
    public string Problem => problem;
}
