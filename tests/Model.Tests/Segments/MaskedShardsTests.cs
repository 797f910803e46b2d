using MoR.Model.Adapters;
using MoR.Model.Backbone;
using MoR.Model.Parameters;
using MoR.Model.Routing;
using MoR.Model.Segments;
using MoR.Model.Tests.Reference;
using static TorchSharp.torch;

namespace MoR.Model.Tests.Segments;

/// <summary>The degraded mode: training without the experts of shards that no node has.</summary>
public sealed class MaskedShardsTests : IDisposable
{
    private readonly TinyBackbone _tiny = new();

    public void Dispose() => _tiny.Dispose();

    [Theory]
    [InlineData("topk scope=linear counts=4 shards=2")]
    [InlineData("topk scope=block counts=3,5 shards=3 k=1 balance=0.1 z=0.1")]
    [InlineData("mor scope=dispatch counts=4 shards=2 balance=0.1 main=0.1 jitter=0.05 dropout=0.1")]
    [InlineData("mor scope=block counts=4 shards=4 m=2 mixing=logit")]
    public async Task Nothing_is_asked_of_a_masked_shard_and_every_row_has_its_experts_elsewhere(string adapter)
    {
        RecordingLink? link = null;
        using var training = new TestTraining(_tiny, AdapterCase.Parse(adapter, 2), link: inner => link = new RecordingLink(inner));
        await training.RunAsync(1);
        Assert.Contains(link!.Forwards, request => request.Key.Shard == 1);
        link.Forwards.Clear();
        link.Backwards.Clear();

        training.Masked = [1];
        var report = await training.StepAsync();

        Assert.Equal([1], report.MaskedShards);
        Assert.False(report.Skipped);
        Assert.NotEmpty(link.Backwards);
        Assert.DoesNotContain(link.Forwards, request => request.Key.Shard == 1);
        Assert.DoesNotContain(link.Backwards, key => key.Shard == 1);
        var spec = training.Model.Model.Layout.Spec;
        var rows = report.Load.Values.Select(load => load.Sum()).Distinct();
        Assert.Equal(0, Assert.Single(rows) % spec.Router.TopK);
        Assert.All(report.Load.Values, load => Assert.All(
            load.Where((_, expert) => expert % spec.Experts.Shards == 1), chosen => Assert.Equal(0, chosen)));
    }

    [Theory]
    [InlineData("topk counts=4 shards=2")]
    [InlineData("mor counts=4 shards=2 mixing=logit")]
    public async Task A_masked_shard_stays_as_it_is_moments_too_and_learns_again_when_it_is_back(string adapter)
    {
        using var training = new TestTraining(_tiny, AdapterCase.Parse(adapter, 2));
        await training.RunAsync(2);
        var (before, moments) = (training.Model.Values(), training.Moments);

        training.Masked = [1];
        await training.RunAsync(2);
        var (masked, maskedMoments) = (training.Model.Values(), training.Moments);
        training.Masked = [];
        await training.RunAsync(1);
        var after = training.Model.Values();

        var lora = before.Keys.Where(name => name.Contains("lora_", StringComparison.Ordinal)).ToList();
        foreach (var name in lora)
        {
            var isMasked = name.Contains("experts.1.", StringComparison.Ordinal) || name.Contains("experts.3.", StringComparison.Ordinal);
            Assert.Equal(isMasked, before[name].SequenceEqual(masked[name]));
            Assert.Equal(isMasked, moments.First[name].SequenceEqual(maskedMoments.First[name]));
            Assert.Equal(isMasked, moments.Second[name].SequenceEqual(maskedMoments.Second[name]));
            Assert.NotEqual(masked[name], after[name]);
        }
    }

    [Fact]
    public async Task A_run_that_was_never_degraded_has_the_same_bits_and_one_that_was_has_others()
    {
        var bytes = new List<byte[]>();
        foreach (var masked in (int[][])[[], [], [1]])
        {
            using var training = new TestTraining(_tiny, AdapterCase.Parse("mor counts=4 shards=2", 2));
            training.Masked = masked;
            await training.RunAsync(1);
            training.Masked = [];
            await training.RunAsync(2);
            bytes.Add(training.Bytes());
        }

        Assert.Equal(bytes[0], bytes[1]);
        Assert.NotEqual(bytes[0], bytes[2]);
    }

    [Theory]
    [InlineData("topk counts=4 shards=2")]
    [InlineData("mor scope=block counts=4 shards=2 mixing=logit")]
    public async Task A_fresh_adapter_without_a_shard_still_gives_the_backbones_loss(string adapter)
    {
        using var plain = new TestModel(_tiny.Folder, TestModel.PlainLora(2));
        using var model = new TestModel(_tiny.Folder, AdapterCase.Parse(adapter, 2));
        model.Parameters.Initialise(seed: 12);
        var tokens = _tiny.Tokens(13, seed: 2);

        // Training sums the loss of a micro-batch elsewhere than evaluation, so the backbone is asked the same way.
        Assert.Equal(await LossAsync(plain, []), await LossAsync(model, [1]));

        async Task<double> LossAsync(TestModel adapted, int[] masked)
        {
            using var microBatch = new LlamaMicroBatch(
                adapted.Model, PackedBatch.ForPrediction([(tokens, 1)]), Context(masked));
            using var delta = (MicroBatchDelta)await adapted.Runner.TrainAsync(microBatch, CancellationToken.None);
            return delta.Loss;
        }
    }

    [Fact]
    public async Task A_router_that_does_not_heed_the_mask_is_found_out()
    {
        var spec = AdapterCase.Parse("topk counts=4 shards=2", 2);
        using var model = new TestModel(
            _tiny.Folder, config => new ParameterVector(new AdapterLayout(config, spec, new Heedless()), float64, CPU), float64);
        using var microBatch = new LlamaMicroBatch(
            model.Model, PackedBatch.ForPrediction([(_tiny.Tokens(5, 1), 1)]), Context([1]));

        var error = await Assert.ThrowsAsync<InvalidOperationException>(
            () => model.Runner.TrainAsync(microBatch, CancellationToken.None));

        Assert.Equal("rows of dispatch point 0 chose experts of shard 1, which is masked", error.Message);
    }

    [Theory]
    [InlineData("topk counts=4 shards=2 k=2", "1", true)]
    [InlineData("topk counts=4 shards=2 k=3", "1", false)]
    [InlineData("topk counts=4,3 shards=4 k=2", "0,1", false)]
    [InlineData("topk counts=4,3 shards=4 k=2", "0,3", true)]
    [InlineData("mor counts=4 shards=2 k=1", "0,1", false)]
    [InlineData("none shards=2", "0", false)]
    public void An_adapter_can_do_without_shards_while_every_layer_has_top_k_experts(string adapter, string shards, bool can) =>
        Assert.Equal(can, AdapterCase.Parse(adapter, 2).CanDoWithout([.. shards.Split(',').Select(int.Parse)]));

    private static MicroBatchContext Context(int[] masked) => new()
    {
        ShardVersion = 0,
        Training = true,
        Step = 1,
        StepTargets = 12,
        StepTokens = 12,
        MaskedShards = masked,
    };

    private sealed class Heedless : IRouter
    {
        public RouterTraits Traits { get; } = new(Causal: true);

        public IReadOnlyList<RouterWeight> Weights(int experts) => [new("sub.0", experts, Zero: false)];

        public RouterOutput Route(RouterContext context) => new()
        {
            Gates_TE = ones_like(context.Scores_TZ),
            Selected_TE = ones_like(context.Scores_TZ).gt(0),
        };
    }
}
