namespace MoR.Coordinator.Configuration;

/// <summary>What the backbone's weights are kept and its products computed in (<c>backbone.dtype</c>).</summary>
public enum RecipeDtype
{
    F32,

    /// <summary>Matrices of two bytes per value, converted tile by tile to float32, in which all is computed.</summary>
    BF16,

    /// <summary>For checking against references, several times slower.</summary>
    F64,
}

/// <summary>How a token's experts are chosen (<c>router.kind</c>).</summary>
public enum RecipeRouterKind
{
    /// <summary>No router: one expert per linear with gate 1, which is plain LoRA.</summary>
    None,

    /// <summary>One router: softmax, the k largest, renormalised.</summary>
    TopK,

    /// <summary>Mixture of Routers: sub-routers weighted by a main router (arXiv 2503.23362).</summary>
    Mor,
}

/// <summary>What shares one routing decision (<c>router.scope</c>).</summary>
public enum RecipeRouterScope
{
    /// <summary>Every linear has its own router, as in MoLA.</summary>
    Linear,

    /// <summary>The linears that read the same activation share a router.</summary>
    Dispatch,

    /// <summary>One router per block of the backbone.</summary>
    Block,
}

/// <summary>What of the sub-routers the main router mixes (<c>router.mixing</c>).</summary>
public enum RecipeMixing
{
    Probability,
    Logit,
}

/// <summary>How the learning rate falls after the warmup (<c>training.schedule</c>).</summary>
public enum RecipeSchedule
{
    Cosine,
    Linear,
    Constant,
}

/// <summary>What a choice's log-likelihood is divided by (<c>evaluation.length_normalisation</c>).</summary>
public enum RecipeLengthNormalisation
{
    None,
    Tokens,
    Characters,
}

/// <summary>What a run does when a shard has had no node for too long (<c>cluster.when_lost</c>).</summary>
public enum RecipeWhenLost
{
    /// <summary>Saves and ends.</summary>
    Stop,

    /// <summary>Goes on without the experts of the shard, and marks the run as degraded.</summary>
    Mask,
}
