using MoR.Cluster.Random;
using MoR.Model.Adapters;
using MoR.Model.Backbone;
using MoR.Model.Routing;
using MoR.Torch;
using static TorchSharp.torch;

namespace MoR.Model.Segments;

/// <summary>The routers' part of a micro-batch: decisions segment by segment, auxiliary losses at the end.</summary>
internal sealed class RoutingStep(
    AdaptedModel model, PackedBatch batch, MicroBatchContext context, RouterHooks hooks)
{
    private const ulong Stream = 0x524F5554; // "ROUT"

    /// <summary>This micro-batch's part of each auxiliary loss, before its coefficient.</summary>
    public Dictionary<string, double> AuxiliaryLosses { get; } = new(StringComparer.Ordinal);

    /// <summary>Lets the routers that read an activation decide; null if none do. The caller owns the result.</summary>
    /// <param name="x_TI">The activation.</param>
    /// <param name="xLearns">Whether its gradient is wanted.</param>
    /// <param name="point">The dispatch point.</param>
    /// <param name="attention">The block's attention probabilities, if a router wants them and they are known.</param>
    public RouterSegment? Decide(Tensor x_TI, bool xLearns, DispatchPoint point, IReadOnlyList<Tensor>? attention)
    {
        var sites = model.Layout.SitesAt(point);
        if (sites.Count == 0 || model.Layout.Router is not { } router)
        {
            return null;
        }

        if (!context.Training && model.FusesInference && router is IFusedRouter fused)
        {
            var decided = new RouterSegment();
            decided.Decisions.AddRange(sites.Select(site => Keep(decided, site, Route(x_TI, site, fused.Rule))));
            return decided;
        }

        using var history = set_grad_enabled(context.Training);
        var segment = new RouterSegment(
            x_TI, xLearns, model.Parameters.View(model.Layout.RouterWeightsAt(point)), context.Training);
        var (x, weights) = (Jittered(segment.X, point), segment.Weights);
        var scores = nn.functional.linear(x, weights);
        var first = 0L;
        foreach (var site in sites)
        {
            var output = router.Route(new RouterContext
            {
                X_TD = x,
                Weights_ZD = weights.narrow(0, first, site.StackedRows),
                Scores_TZ = scores.narrow(1, first, site.StackedRows),
                Experts = site.Experts,
                Absence_E = Absence(site.Experts, scores),
                Point = point,
                SequenceStarts = batch.Starts,
                Step = context.Step,
                Training = context.Training,
                Random = () => Random(site.Index),
                State = model.RouterState,
                TaskIds = router.Traits.NeedsTaskIds ? batch.TaskIds : null,
                SequenceEmbedding_SD = router.Traits.NeedsSequenceEmbedding ? hooks.PromptEmbedding() : null,
                AttentionProbabilities = attention,
            });
            first += site.StackedRows;
            segment.Decisions.Add(Keep(segment, site, output));
        }

        return segment;
    }

    /// <summary>
    /// Evaluates the auxiliary losses over detached inputs, the mean over the sites of a name, and hands each input its
    /// gradient. <paramref name="share"/> is this micro-batch's share of the step's tokens.
    /// </summary>
    public void DifferentiateAuxiliaryLosses(IReadOnlyList<SiteDecision?> decisions, double share)
    {
        using var scope = NewDisposeScope();
        using var history = enable_grad();
        var losses = decisions.OfType<SiteDecision>()
            .SelectMany(decision => decision.Output.AuxiliaryLosses.Select(loss => (decision, loss)))
            .ToArray();
        foreach (var named in losses.GroupBy(item => item.loss.Name))
        {
            var weight = share / named.Count();
            foreach (var (decision, loss) in named)
            {
                var input = loss.Input.detach();
                input.requires_grad = true;
                var value = loss.Value(input, loss.Constant);
                var gradient = autograd.grad([value], [input])[0] * (loss.Coefficient * weight);
                decision.AddAuxiliaryGradient(loss.Input, gradient);
                var sum = AuxiliaryLosses.GetValueOrDefault(named.Key);
                AuxiliaryLosses[named.Key] = sum + (value.detach().to(float64).item<double>() * weight);
            }
        }
    }

    /// <summary>Router state deltas by site and name, for the step's commit.</summary>
    public static Dictionary<string, Tensor> StateDeltas(IEnumerable<SiteDecision?> decisions) =>
        decisions.OfType<SiteDecision>()
            .SelectMany(decision => decision.Output.StateDelta.Select(delta => (decision.Site, delta)))
            .ToDictionary(
                item => $"{item.Site.Name}.{item.delta.Key}", item => item.delta.Value.alias().DetachFromDisposeScope());

    /// <summary>Router statistics by site and name.</summary>
    public static Dictionary<string, double[]> Statistics(IEnumerable<SiteDecision?> decisions) =>
        decisions.OfType<SiteDecision>()
            .SelectMany(decision => decision.Output.Statistics.Select(statistic => (decision.Site, statistic)))
            .ToDictionary(
                item => $"{item.Site.Name}.{item.statistic.Key}",
                item => item.statistic.Value.to(float64).cpu().data<double>().ToArray());

    private RouterOutput Route(Tensor x_TI, RouterSite site, RoutingRule rule)
    {
        var (gates_TE, selected_TE) = TensorKernels.Inference.Route(
            x_TI, model.Parameters.Values, site.Weights[0].Offset, site.Experts, rule);
        return new RouterOutput { Gates_TE = gates_TE, Selected_TE = selected_TE };
    }

    private Tensor Jittered(Tensor x_TD, DispatchPoint point)
    {
        var jitter = model.Layout.Spec.Router.Jitter;
        if (!context.Training || jitter == 0)
        {
            return x_TD;
        }

        var noise = new float[x_TD.numel()];
        Random(model.Layout.Sites.Count + point.Index).Fill(noise);
        return x_TD * ((tensor(noise, x_TD.shape).to(x_TD.dtype).to(x_TD.device) * (2 * jitter)) + (1 - jitter));
    }

    /// <summary>See <see cref="RouterContext.Absence_E"/>.</summary>
    private Tensor? Absence(int experts, Tensor like)
    {
        if (context.MaskedShards.Count == 0)
        {
            return null;
        }

        var shards = model.Layout.Spec.Experts.Shards;
        var absence = new double[experts];
        for (var expert = 0; expert < experts; expert++)
        {
            absence[expert] = context.MaskedShards.Contains(expert % shards) ? RouterContext.Absent : 0;
        }

        return tensor(absence).to(like.dtype).to(like.device);
    }

    private CounterRandom Random(int place) =>
        new(context.Seed, Stream, (ulong)context.Step, (ulong)context.Position, (ulong)place);

    private static SiteDecision Keep(RouterSegment segment, RouterSite site, RouterOutput output)
    {
        segment.Own(output.Gates_TE);
        segment.Own(output.Selected_TE);
        foreach (var tensor in output.AuxiliaryLosses.SelectMany(loss => (Tensor[])[loss.Input, loss.Constant])
            .Concat(output.StateDelta.Values)
            .Concat(output.Statistics.Values)
            .Distinct())
        {
            segment.Own(tensor);
        }

        return new SiteDecision(site, output);
    }
}
