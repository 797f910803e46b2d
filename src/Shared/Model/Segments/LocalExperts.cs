using MoR.Model.Adapters;
using MoR.Model.Backbone;
using MoR.Torch;
using MoR.Torch.Runtime;
using static TorchSharp.torch;

namespace MoR.Model.Segments;

/// <summary>
/// The experts without requests: what a link in this process would answer, bit for bit, for forward passes that nobody
/// differentiates. A token that is being generated has so little work per expert that messages would outweigh it.
/// </summary>
public sealed class LocalExperts
{
    private readonly MathPool _pool;
    private readonly AdapterLayout _layout;
    private readonly LoraMatrices?[][] _matrices;

    /// <param name="layout">Where each expert lies.</param>
    /// <param name="values">The flat parameters; not owned.</param>
    /// <param name="pool">Where rows are computed side by side.</param>
    public LocalExperts(AdapterLayout layout, Tensor values, MathPool pool)
    {
        (_layout, _pool) = (layout, pool);
        _matrices = [.. Enumerable.Range(0, layout.Config.Layers).Select(layer => Enum.GetValues<Linear>()
            .Select(linear => layout.IsTarget(linear) ? Of(layout, values, layer, linear) : null)
            .ToArray())];
    }

    /// <summary>Adds the experts' Δ to y.</summary>
    /// <param name="point">The dispatch point.</param>
    /// <param name="x_TI">The experts' input.</param>
    /// <param name="y">y of each linear, [T, out].</param>
    /// <param name="decisionOf">The decision for a site.</param>
    internal void Add(DispatchPoint point, Tensor x_TI, IReadOnlyList<Tensor> y, Func<RouterSite, SiteDecision> decisionOf)
    {
        for (var target = 0; target < y.Count; target++)
        {
            var linear = point.Linears[target];
            if (_matrices[point.Layer][(int)linear] is { } matrices)
            {
                TensorKernels.Inference.AddExperts(
                    y[target], x_TI, matrices,
                    _layout.SiteOf(point.Layer, linear) is { } site ? Choice(decisionOf(site)) : null, _pool);
            }
        }
    }

    private static (Tensor Gates, Tensor Selected) Choice(SiteDecision decision) =>
        (decision.Output.Gates_TE, decision.Output.Selected_TE);

    private static LoraMatrices Of(AdapterLayout layout, Tensor values, int layer, Linear linear)
    {
        var spec = layout.Spec.Experts;
        var experts = Enumerable.Range(0, spec.CountPerLayer[layer])
            .Select(expert => layout.Expert(layer, linear, expert))
            .ToArray();
        return new LoraMatrices(
            values, [.. experts.Select(expert => expert.A.Offset)], [.. experts.Select(expert => expert.B.Offset)],
            spec.RankPerLayer[layer], spec.Shards, spec.Scale(layer));
    }
}
