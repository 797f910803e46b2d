using static TorchSharp.torch;

namespace MoR.Model.Routing;

/// <summary>
/// Auxiliary losses over router outputs. Normalisations differ in the literature; ours are stated here and in the
/// metrics' documentation.
/// </summary>
public static class LoadBalance
{
    /// <summary>
    /// (E/K) Σ_e f_e P_e with f_e the share of rows that chose e (they add up to K) and P_e the mean probability of e:
    /// Megatron's normalisation, 1 at perfect balance whatever E and K. Only P carries a gradient.
    /// </summary>
    /// <param name="probabilities_TE">Rows that add up to 1.</param>
    /// <param name="selected_TE">The choice.</param>
    public static Tensor Balance(Tensor probabilities_TE, Tensor selected_TE)
    {
        var (rows, experts) = (probabilities_TE.shape[0], probabilities_TE.shape[1]);
        var share_E = selected_TE.to(probabilities_TE.dtype).sum([0]) / rows;
        var perRow = share_E.sum();
        return (share_E * probabilities_TE.mean([0])).sum() * experts / perRow;
    }

    /// <summary>mean (logsumexp z)² over rows and sub-routers (ST-MoE, Zoph et al. 2022, eq. 5).</summary>
    /// <param name="scores_TZ">Logits, one block of E columns per sub-router.</param>
    /// <param name="selected_TE">The choice, of which only the width E counts.</param>
    public static Tensor ZLoss(Tensor scores_TZ, Tensor selected_TE)
    {
        var (rows, experts) = (selected_TE.shape[0], selected_TE.shape[1]);
        return scores_TZ.reshape(rows, scores_TZ.shape[1] / experts, experts).logsumexp(-1).square().mean();
    }
}
