using MoR.Model.Adapters;
using MoR.Model.Backbone;
using MoR.Model.Parameters;
using MoR.Model.Routing;
using MoR.Model.Segments;
using MoR.Model.Tests.Reference;
using static TorchSharp.torch;

namespace MoR.Model.Tests.Routing;

/// <summary>A method that asks for everything the contract offers, and what it is shown.</summary>
public sealed class RouterHooksTests
{
    [Fact]
    public async Task A_router_that_asks_sees_tasks_prompts_and_attention_and_leaves_state()
    {
        using var folder = new TinyBackbone();
        var probe = new ProbeRouter();
        var spec = new AdapterSpec(
            new ExpertSpec { CountPerLayer = [2, 2], Targets = Enum.GetValues<Linear>(), RankPerLayer = [2, 2] },
            new RouterSpec { Kind = RouterCatalogue.TopK, Scope = RouterScope.Dispatch, TopK = 1 });
        using var model = new TestModel(
            folder.Folder, config => new ParameterVector(new AdapterLayout(config, spec, probe), float64, CPU), float64);
        var batch = PackedBatch.ForPrediction([([1, 2, 3, 4], 3), ([5, 6], 1)], [7, 9]);
        using var microBatch = new LlamaMicroBatch(
            model.Model, batch, new MicroBatchContext { ShardVersion = 0, Training = true, Step = 1, StepTokens = 4 });

        using var delta = (MicroBatchDelta)await model.Runner.TrainAsync(microBatch, CancellationToken.None);

        Assert.All(probe.Seen, seen => Assert.Equal([7, 9], seen.Tasks));
        Assert.All(probe.Seen, seen => Assert.Equal([2, model.Backbone.Config.HiddenSize], seen.PromptShape));
        Assert.Equal(4 * model.Backbone.Config.Layers, probe.Seen.Count);
        Assert.All(probe.Seen, seen => Assert.Equal(seen.Site != Site.Qkv, seen.AttentionRows.Count > 0));
        Assert.All(
            probe.Seen.Where(seen => seen.AttentionRows.Count > 0),
            seen => Assert.All(seen.AttentionRows, sum => Assert.Equal(1, sum, 1e-12)));
        Assert.Equal(4, delta.RouterState["layers.0.self_attn.qkv.rows"].item<long>());
        Assert.True(delta.AuxiliaryLosses.ContainsKey("probe"));
    }

    private sealed record Sight(
        Site Site, IReadOnlyList<int> Tasks, long[] PromptShape, IReadOnlyList<double> AttentionRows);

    private sealed class ProbeRouter : IRouter
    {
        public List<Sight> Seen { get; } = [];

        public RouterTraits Traits { get; } = new(
            Causal: true, NeedsAttentionMap: true, NeedsTaskIds: true, NeedsSequenceEmbedding: true);

        public IReadOnlyList<RouterWeight> Weights(int experts) => [new("sub.0", experts, Zero: false)];

        public RouterOutput Route(RouterContext context)
        {
            Seen.Add(new Sight(
                context.Point.Site,
                context.TaskIds!,
                context.SequenceEmbedding_SD!.shape,
                [.. (context.AttentionProbabilities ?? []).SelectMany(map => map.sum([-1]).view(-1).data<double>().ToArray())]));
            var choice = ExpertChoice.TopK(context, context.Scores_TZ.sigmoid(), 1);
            return new RouterOutput
            {
                Gates_TE = choice.Gates_TE,
                Selected_TE = choice.Selected_TE,
                AuxiliaryLosses =
                    [new AuxiliaryLoss("probe", 0.1, context.Scores_TZ, choice.Selected_TE, (z, _) => z.square().mean())],
                StateDelta = new Dictionary<string, Tensor>
                {
                    ["rows"] = full([1], context.X_TD.shape[0], int64),
                },
            };
        }
    }
}
