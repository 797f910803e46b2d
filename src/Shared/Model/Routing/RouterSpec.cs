namespace MoR.Model.Routing;

/// <summary>The router of an adapter, as its recipe or <c>adapter_config.json</c> describes it.</summary>
public sealed record RouterSpec
{
    /// <summary>A kind of <see cref="RouterCatalogue"/>.</summary>
    public string Kind { get; init; } = RouterCatalogue.MixtureOfRouters;

    /// <summary>What shares one routing decision.</summary>
    public RouterScope Scope { get; init; } = RouterScope.Dispatch;

    /// <summary>Experts per row.</summary>
    public int TopK { get; init; } = 2;

    /// <summary>Sub-routers R of a mixture of routers.</summary>
    public int SubRouters { get; init; } = 3;

    /// <summary>Sub-routers that each row keeps; null for all.</summary>
    public int? TopM { get; init; }

    /// <summary>What a mixture of routers mixes.</summary>
    public RouterMixing Mixing { get; init; } = RouterMixing.Probability;

    /// <summary>Coefficient of the load-balance loss over experts.</summary>
    public double BalanceLoss { get; init; }

    /// <summary>Coefficient of the load-balance loss over sub-routers.</summary>
    public double MainBalanceLoss { get; init; }

    /// <summary>Coefficient of the z-loss.</summary>
    public double ZLoss { get; init; }

    /// <summary>While training the router sees x ⊙ U(1 − jitter, 1 + jitter) (Switch Transformer).</summary>
    public double Jitter { get; init; }

    /// <summary>Sub-routers that each row keeps.</summary>
    public int KeptSubRouters => TopM ?? SubRouters;
}
