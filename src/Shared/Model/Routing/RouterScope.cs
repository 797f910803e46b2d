namespace MoR.Model.Routing;

/// <summary>What shares one routing decision.</summary>
public enum RouterScope
{
    /// <summary>Nothing: each linear has a router, as in MoLA.</summary>
    Linear,

    /// <summary>The linears of one dispatch point, which read the same activation.</summary>
    Dispatch,

    /// <summary>The whole block; the router reads the activation of the block's first dispatch point.</summary>
    Block,
}
