namespace MoR.ExpertNode.Core;

/// <summary>How one connection's service ended.</summary>
/// <param name="Kind">What follows.</param>
/// <param name="Reason">Why, without a final period.</param>
public sealed record NodeEnd(NodeEndKind Kind, string Reason)
{
    /// <summary>What a refused node's owner should do, a full sentence.</summary>
    public string NextStep { get; init; } = "";
}
