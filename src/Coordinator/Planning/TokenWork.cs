using MoR.Model.Adapters;
using MoR.Model.Backbone;
using MoR.Model.Routing;

namespace MoR.Coordinator.Planning;

/// <summary>
/// The work that a token of a training step cannot do without, counted from sizes. Layers that differ in experts or rank count with
/// their mean; sliding windows are not counted.
/// </summary>
/// <param name="Forward">By site.</param>
/// <param name="Backward">By site.</param>
/// <param name="Head">Operations of the output head, each direction.</param>
/// <param name="Layers">Layers.</param>
internal sealed record TokenWork(
    IReadOnlyDictionary<Site, PointWork> Forward, IReadOnlyDictionary<Site, PointWork> Backward, double Head, int Layers)
{
    private const double OperationsPerProduct = 2;

    /// <summary>All operations, both directions.</summary>
    public double Operations =>
        (Layers * (Forward.Values.Sum(work => work.Operations) + Backward.Values.Sum(work => work.Operations))) + (2 * Head);

    /// <summary>Counts.</summary>
    /// <param name="config">The backbone.</param>
    /// <param name="spec">The adapter.</param>
    /// <param name="length">Tokens of a sequence.</param>
    public static TokenWork Of(LlamaConfig config, AdapterSpec spec, double length)
    {
        var sites = Enum.GetValues<Site>();
        return new TokenWork(
            sites.ToDictionary(site => site, site => At(config, spec, length, site, isForward: true)),
            sites.ToDictionary(site => site, site => At(config, spec, length, site, isForward: false)),
            OperationsPerProduct * config.HiddenSize * config.VocabularySize,
            config.Layers);
    }

    private static PointWork At(LlamaConfig config, AdapterSpec spec, double length, Site site, bool isForward)
    {
        var linears = new DispatchPoint(0, site).Linears;
        var targets = linears.Where(spec.Experts.Targets.Contains).ToList();
        double input = config.InputWidth(site);
        var outputs = linears.Sum(linear => (double)config.OutputWidth(linear));
        var returned = targets.Sum(linear => (double)config.OutputWidth(linear));
        var experts = spec.IsPlainLora ? 1 : spec.Router.TopK;

        // x Aᵀ and its product with B; backward both again, the gradients of both, and x Aᵀ once more.
        var lora = spec.Experts.RankPerLayer.Average() * experts * (isForward
            ? (targets.Count * input) + returned
            : (3 * targets.Count * input) + (2 * returned));

        // Half of all pairs of positions: scores and values, backward the scores again and four gradients.
        var attention = site == Site.O ? (isForward ? 2 : 5) * length / 2 * config.Heads * config.HeadSize : 0;
        var routers = (isForward ? 1 : 2) * input * RouterOutputs(spec, site, targets.Count);

        // Read and written: the input and the residual stream, y, and the rows that come from experts.
        var values = (2 * (input + config.HiddenSize)) + (2 * outputs) + (2 * experts * returned);
        return new PointWork(
            OperationsPerProduct * input * outputs,
            OperationsPerProduct * lora,
            OperationsPerProduct * (attention + routers),
            isForward ? values : 2 * values);
    }

    private static double RouterOutputs(AdapterSpec spec, Site site, int targets)
    {
        if (RouterCatalogue.Create(spec.Router, allowNonCausal: true) is not { } router || targets == 0)
        {
            return 0;
        }

        var routers = spec.Router.Scope switch
        {
            RouterScope.Linear => targets,
            RouterScope.Block => site == Site.Qkv ? 1 : 0,
            _ => 1,
        };
        return routers * spec.Experts.CountPerLayer.Average(experts => router.Weights(experts).Sum(weight => (double)weight.Rows));
    }
}
