using MoR.Torch;
using static TorchSharp.torch;

namespace MoR.Model.Routing;

/// <summary>
/// The usual router of LoRA mixtures (MoLA, MixLoRA): p = softmax(x Wᵀ) over all experts, the k largest kept and divided
/// by their sum.
/// </summary>
public sealed class TopKRouter(RouterSpec spec) : IFusedRouter
{
    /// <inheritdoc/>
    public RouterTraits Traits { get; } = new(Causal: true);

    /// <inheritdoc/>
    public RoutingRule Rule { get; } = new(SubRouters: 1, KeptSubRouters: 1, ByLogits: false, spec.TopK);

    /// <inheritdoc/>
    public IReadOnlyList<RouterWeight> Weights(int experts) => [new("sub.0", experts, Zero: false)];

    /// <inheritdoc/>
    public RouterOutput Route(RouterContext context)
    {
        var probabilities_TE = nn.functional.softmax(context.Present(context.Scores_TZ), -1);
        var choice = ExpertChoice.TopK(context, probabilities_TE, spec.TopK);
        return new RouterOutput
        {
            Gates_TE = choice.Gates_TE,
            Selected_TE = choice.Selected_TE,
            AuxiliaryLosses = AuxiliaryLossTerms.Experts(spec, context, 1, probabilities_TE, choice.Selected_TE),
            StateDelta = new Dictionary<string, Tensor> { ["load"] = choice.Load_E() },
        };
    }
}
