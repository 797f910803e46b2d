using static TorchSharp.torch;

namespace MoR.Model.Routing;

/// <summary>Gates from probabilities.</summary>
/// <param name="Gates_TE">Zero where not selected.</param>
/// <param name="Selected_TE">bool.</param>
public readonly record struct ExpertChoice(Tensor Gates_TE, Tensor Selected_TE)
{
    /// <summary>Keeps the <paramref name="k"/> largest of each row and divides them by their sum.</summary>
    public static ExpertChoice TopK(Tensor probabilities_TE, int k)
    {
        var selected_TE = Largest(probabilities_TE, k);
        return new ExpertChoice(Renormalised(probabilities_TE, selected_TE), selected_TE);
    }

    /// <summary>Marks the <paramref name="k"/> largest of each row.</summary>
    public static Tensor Largest(Tensor values_TE, int k)
    {
        using var noGrad = no_grad();
        var (_, indices_TK) = values_TE.topk(k, -1);
        return zeros_like(values_TE).scatter(1, indices_TK, ones_like(values_TE)).gt(0);
    }

    /// <summary>Selected values divided by their sum, the others zero.</summary>
    public static Tensor Renormalised(Tensor values_TE, Tensor selected_TE)
    {
        var kept_TE = values_TE * selected_TE.to(values_TE.dtype);
        return kept_TE / kept_TE.sum([-1], keepdim: true);
    }

    /// <summary>How many rows chose each expert; [E] of int64.</summary>
    public Tensor Load_E() => Selected_TE.to(int64).sum([0]);
}
