using static TorchSharp.torch;

namespace MoR.Model.Routing;

/// <summary>Gates from probabilities.</summary>
/// <param name="Gates_TE">Zero where not selected.</param>
/// <param name="Selected_TE">bool.</param>
public readonly record struct ExpertChoice(Tensor Gates_TE, Tensor Selected_TE)
{
    /// <summary>Keeps the <paramref name="k"/> largest of each row and divides them by their sum. Of the experts that are there: an
    /// absent one has probability 0, and so may a present one.</summary>
    public static ExpertChoice TopK(RouterContext context, Tensor probabilities_TE, int k)
    {
        var selected_TE = Largest(context.Present(probabilities_TE), k);
        return new ExpertChoice(Renormalised(probabilities_TE, selected_TE), selected_TE);
    }

    /// <summary>
    /// Marks the <paramref name="k"/> largest of each row. By comparing, because libtorch before 2.1 refuses to scatter on CUDA
    /// with deterministic algorithms.
    /// </summary>
    public static Tensor Largest(Tensor values_TE, int k)
    {
        using var noGrad = no_grad();
        var (_, indices_TK) = values_TE.topk(k, -1);
        var experts_E = arange(values_TE.shape[1], int64, values_TE.device);
        return indices_TK.unsqueeze(2).eq(experts_E).sum([1]).gt(0);
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
