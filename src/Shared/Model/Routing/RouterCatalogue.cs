using MoR.Cluster.Errors;

namespace MoR.Model.Routing;

/// <summary>The routing methods by name.</summary>
public static class RouterCatalogue
{
    /// <summary>Plain LoRA: one expert per linear, no router.</summary>
    public const string None = "none";

    /// <summary>Softmax, top-k, renormalised.</summary>
    public const string TopK = "topk";

    /// <summary>Mixture of Routers.</summary>
    public const string MixtureOfRouters = "mor";

    /// <summary>All kinds.</summary>
    public static IReadOnlyList<string> Kinds { get; } = [None, TopK, MixtureOfRouters];

    /// <summary>The router that a spec describes; null for <see cref="None"/>.</summary>
    /// <param name="spec">The spec.</param>
    /// <param name="allowNonCausal">True to accept routers that look at later tokens.</param>
    public static IRouter? Create(RouterSpec spec, bool allowNonCausal)
    {
        IRouter? router = spec.Kind switch
        {
            None => null,
            TopK => new TopKRouter(spec),
            MixtureOfRouters => new MixtureOfRouters(spec),
            _ => throw new InputException(
                "router.kind", $"\"{spec.Kind}\" is not known", $"Choose one of {string.Join(", ", Kinds)}."),
        };
        if (router is not null)
        {
            Require(router.Traits, spec.Kind, allowNonCausal);
        }

        return router;
    }

    /// <summary>Refuses traits that causal-LM training over packed rows cannot serve.</summary>
    public static void Require(RouterTraits traits, string kind, bool allowNonCausal)
    {
        if (!traits.Causal && !allowNonCausal)
        {
            throw new InputException(
                "router.kind",
                $"\"{kind}\" looks at later tokens, which leaks labels in causal-LM training",
                "Set router.allow_non_causal: true if that is what you study.");
        }

        if (traits.Form == RoutingForm.Slots)
        {
            throw new InputException(
                "router.kind", $"\"{kind}\" fills slots, which dispatch points do not carry", "Choose a token-choice router.");
        }
    }
}
