using MoR.Torch;
using static TorchSharp.torch;

namespace MoR.Model.Routing;

/// <summary>
/// Mixture of Routers (Zhang et al. 2025, arXiv 2503.23362): R sub-routers score the experts, and a learnable main router
/// weights the sub-routers row by row. The paper's body could not be read; what its abstract leaves open is decided here:
/// a = softmax(x Mᵀ) keeps its top m, renormalised; p = Σ_j a_j softmax(x W_jᵀ), or with logit mixing
/// softmax(Σ_j a_j x W_jᵀ); then top-k of p, renormalised. M starts at zero (uniform a), every W_j on its own.
/// </summary>
public sealed class MixtureOfRouters(RouterSpec spec) : IFusedRouter
{
    private const string MainStatistic = "main";

    /// <inheritdoc/>
    public RouterTraits Traits { get; } = new(Causal: true);

    /// <inheritdoc/>
    public RoutingRule Rule { get; } =
        new(spec.SubRouters, spec.KeptSubRouters, ByLogits: spec.Mixing == RouterMixing.Logit, spec.TopK);

    /// <inheritdoc/>
    /// <remarks>One sub-router has no main router: its weight would always be 1.</remarks>
    public IReadOnlyList<RouterWeight> Weights(int experts)
    {
        var weights = Enumerable.Range(0, spec.SubRouters).Select(j => new RouterWeight($"sub.{j}", experts, Zero: false));
        return spec.SubRouters == 1 ? [.. weights] : [.. weights, new("main", spec.SubRouters, Zero: true)];
    }

    /// <inheritdoc/>
    public IReadOnlyList<RouterTensor> Statistics(int experts) =>
        spec.SubRouters == 1 ? [] : [new(MainStatistic, ScalarType.Float64, spec.SubRouters)];

    /// <inheritdoc/>
    public RouterOutput Route(RouterContext context)
    {
        if (spec.SubRouters == 1)
        {
            var single_TE = nn.functional.softmax(context.Present(context.Scores_TZ), -1);
            return Choose(context, single_TE, [], new Dictionary<string, Tensor>());
        }

        var main_TR = nn.functional.softmax(
            context.Scores_TZ.narrow(1, spec.SubRouters * context.Experts, spec.SubRouters), -1);
        var losses = MainBalance(context, main_TR);
        var statistics = new Dictionary<string, Tensor> { [MainStatistic] = main_TR.detach().sum([0]) };
        return Choose(context, Mix(context, Keep(main_TR)), losses, statistics);
    }

    /// <summary>a with all but its top m set to zero, renormalised; a itself if all are kept.</summary>
    private Tensor Keep(Tensor main_TR) => spec.KeptSubRouters == spec.SubRouters
        ? main_TR
        : ExpertChoice.Renormalised(main_TR, ExpertChoice.Largest(main_TR, spec.KeptSubRouters));

    private Tensor Mix(RouterContext context, Tensor weights_TR)
    {
        var scores_TRE = context.Scores_TZ.narrow(1, 0, spec.SubRouters * context.Experts)
            .reshape(context.Scores_TZ.shape[0], spec.SubRouters, context.Experts);
        var weights_TR1 = weights_TR.unsqueeze(-1);
        return spec.Mixing == RouterMixing.Probability
            ? (nn.functional.softmax(context.Present(scores_TRE), -1) * weights_TR1).sum([1])
            : nn.functional.softmax(context.Present((scores_TRE * weights_TR1).sum([1])), -1);
    }

    /// <summary>
    /// Balance over the kept sub-routers. Where all are kept, counts say nothing, and the largest of each row is counted.
    /// </summary>
    private AuxiliaryLoss[] MainBalance(RouterContext context, Tensor main_TR)
    {
        if (!context.Training || spec.MainBalanceLoss == 0)
        {
            return [];
        }

        var counted = spec.KeptSubRouters == spec.SubRouters ? 1 : spec.KeptSubRouters;
        var counted_TR = ExpertChoice.Largest(main_TR, counted);
        return [new("main_balance", spec.MainBalanceLoss, main_TR, counted_TR, LoadBalance.Balance)];
    }

    private RouterOutput Choose(
        RouterContext context, Tensor probabilities_TE, AuxiliaryLoss[] losses, Dictionary<string, Tensor> statistics)
    {
        var choice = ExpertChoice.TopK(context, probabilities_TE, spec.TopK);
        return new RouterOutput
        {
            Gates_TE = choice.Gates_TE,
            Selected_TE = choice.Selected_TE,
            AuxiliaryLosses =
            [
                .. AuxiliaryLossTerms.Experts(
                    spec, context, spec.SubRouters, probabilities_TE, choice.Selected_TE),
                .. losses,
            ],
            Statistics = statistics,
            StateDelta = new Dictionary<string, Tensor> { ["load"] = choice.Load_E() },
        };
    }
}
