namespace MoR.Coordinator.Configuration;

/// <summary>How tokens choose experts.</summary>
public sealed record RecipeRouter
{
    public required RecipeRouterKind Kind { get; init; }

    public required RecipeRouterScope Scope { get; init; }

    /// <summary>Experts per token.</summary>
    public required int TopK { get; init; }

    /// <summary>Number of sub-routers, for <see cref="RecipeRouterKind.Mor"/>.</summary>
    public required int SubRouters { get; init; }

    /// <summary>Sub-routers that the main router keeps per token; null means all of them.</summary>
    public required int? TopM { get; init; }

    public required RecipeMixing Mixing { get; init; }

    /// <summary>Weight of the load-balance loss over experts.</summary>
    public required double BalanceLoss { get; init; }

    /// <summary>Weight of the load-balance loss over sub-routers.</summary>
    public required double MainBalanceLoss { get; init; }

    /// <summary>Weight of the mean squared log-sum-exp of the routers' logits.</summary>
    public required double ZLoss { get; init; }

    /// <summary>Half width of the uniform factor around 1 that router inputs are multiplied by in training.</summary>
    public required double Jitter { get; init; }

    /// <summary>Whether a router that looks at later tokens may be used.</summary>
    public required bool AllowNonCausal { get; init; }

    /// <summary><see cref="TopM"/>, or all sub-routers.</summary>
    public int EffectiveTopM => TopM ?? SubRouters;
}
