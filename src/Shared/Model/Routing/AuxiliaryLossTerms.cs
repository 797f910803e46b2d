using static TorchSharp.torch;

namespace MoR.Model.Routing;

/// <summary>The auxiliary losses that several routers share.</summary>
internal static class AuxiliaryLossTerms
{
    /// <summary>Load balance over experts, and the z-loss of the first <paramref name="subRouters"/> · E scores.</summary>
    public static List<AuxiliaryLoss> Experts(
        RouterSpec spec, RouterContext context, int subRouters, Tensor probabilities_TE, Tensor selected_TE)
    {
        var losses = new List<AuxiliaryLoss>();
        if (!context.Training)
        {
            return losses;
        }

        if (spec.BalanceLoss > 0)
        {
            losses.Add(new("balance", spec.BalanceLoss, probabilities_TE, selected_TE, LoadBalance.Balance));
        }

        if (spec.ZLoss > 0)
        {
            var scores_TZ = context.Scores_TZ.narrow(1, 0, subRouters * context.Experts);
            losses.Add(new("z", spec.ZLoss, scores_TZ, selected_TE, LoadBalance.ZLoss));
        }

        return losses;
    }
}
