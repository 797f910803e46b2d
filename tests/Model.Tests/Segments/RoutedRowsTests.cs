using MoR.Engine;
using MoR.Model.Backbone;
using MoR.Model.Segments;
using MoR.Model.Tests.Reference;
using static TorchSharp.torch;

namespace MoR.Model.Tests.Segments;

/// <summary>Law 5: padding never routes, and an expert or a shard without a token is an ordinary case.</summary>
public sealed class RoutedRowsTests
{
    [Theory]
    [InlineData("topk scope=linear k=1", 14)]
    [InlineData("topk scope=dispatch k=2", 8)]
    [InlineData("mor scope=block k=3", 2)]
    public async Task As_many_rows_route_as_there_are_tokens(string adapter, int sites)
    {
        using var tiny = new TinyBackbone();
        using var model = new TestModel(tiny.Folder, AdapterCase.Parse(adapter, 2));
        model.Randomise(seed: 2);
        var batch = PackedBatch.ForPrediction(
            [(tiny.Tokens(12, 1), 1), (tiny.Tokens(2, 2), 1), (tiny.Tokens(5, 3), 4)]);

        using var delta = await TrainAsync(model, batch);

        Assert.Equal(11 + 1 + 4, batch.Tokens.Length);
        Assert.Equal(sites, delta.RouterState.Count);
        var k = model.Model.Layout.Spec.Router.TopK;
        Assert.All(delta.RouterState.Values, load => Assert.Equal(16 * k, load.sum().item<long>()));
    }

    [Fact]
    public async Task Every_row_that_is_sent_is_a_token()
    {
        using var tiny = new TinyBackbone();
        using var model = new TestModel(tiny.Folder, AdapterCase.Parse("topk shards=1 k=2", 2));
        model.Randomise(seed: 2);
        var link = new RecordingLink(model.Link);
        var batch = PackedBatch.ForPrediction([(tiny.Tokens(3, 1), 1), (tiny.Tokens(9, 2), 1)]);

        using var delta = await TrainAsync(model, batch, link);

        Assert.Equal(8, link.Forwards.Count);
        Assert.All(link.Forwards, request =>
        {
            Assert.Equal(10, request.Rows);
            Assert.Equal(20, request.Assignments.Sum(assignment => assignment.Count));
        });
    }

    [Theory]
    [InlineData("topk k=1 scope=block shards=2 counts=3 balance=0.1")]
    [InlineData("topk k=1 scope=block shards=3 counts=3 targets=v_proj,o_proj")]
    [InlineData("mor k=1 scope=block shards=2 counts=2 m=2")]
    public async Task All_tokens_may_choose_one_expert(string adapter)
    {
        using var tiny = new TinyBackbone(constantFeature: 12);
        var spec = AdapterCase.Parse(adapter, 2);
        using var model = new TestModel(tiny.Folder, spec, ScalarType.Float64);
        model.Randomise(seed: 6);
        PreferExpertZero(model);
        var link = new RecordingLink(model.Link);
        var tokens = tiny.Tokens(9, seed: 4);

        using var delta = await TrainAsync(model, PackedBatch.ForPrediction([(tokens, 1)]), link);

        Assert.All(delta.RouterState.Values, load => Assert.Equal(8, load.data<long>().ToArray()[0]));
        Assert.All(link.Forwards, request => Assert.Equal(0, request.Key.Shard));
        Assert.All(link.Backwards, key => Assert.Equal(0, key.Shard));
        Assert.Equal(link.Forwards.Count, link.Backwards.Count);
        foreach (var (name, values) in TestModel.ValuesOf(delta.Gradient))
        {
            var unused = name.Contains("experts.", StringComparison.Ordinal)
                && !name.Contains("experts.0.", StringComparison.Ordinal);
            var isRouter = name.Contains("router", StringComparison.Ordinal);
            Assert.True(isRouter || unused == values.All(value => value == 0), name);
        }

        var reference = new ReferenceModel(tiny.Config, tiny.Values, spec, model.Values());
        Assert.Equal(reference.Nll(tokens), delta.Loss, 1e-9);
    }

    [Fact]
    public async Task A_shard_may_have_no_expert_in_a_layer()
    {
        using var tiny = new TinyBackbone();
        using var model = new TestModel(tiny.Folder, AdapterCase.Parse("mor counts=2,5 shards=5 k=2", 2));
        model.Randomise(seed: 2);
        var link = new RecordingLink(model.Link);

        using var delta = await TrainAsync(model, PackedBatch.ForPrediction([(tiny.Tokens(30, 1), 1)]), link);

        var shards = link.Forwards.GroupBy(request => request.Key.DispatchPoint / DispatchPoint.PerLayer)
            .ToDictionary(group => group.Key, group => group.Select(request => request.Key.Shard).Distinct().Order());
        Assert.Equal([0, 1], shards[0]);
        Assert.Equal([0, 1, 2, 3, 4], shards[1]);
    }

    [Theory]
    [InlineData("none")]
    [InlineData("topk scope=linear shards=4")]
    [InlineData("mor scope=block")]
    public async Task One_token_is_a_sequence(string adapter)
    {
        using var tiny = new TinyBackbone();
        var spec = AdapterCase.Parse(adapter, 2);
        using var model = new TestModel(tiny.Folder, spec, ScalarType.Float64);
        model.Randomise(seed: 2);
        var reference = new ReferenceModel(tiny.Config, tiny.Values, spec, model.Values());
        int[] pair = [3, 17];

        using var delta = await TrainAsync(model, PackedBatch.ForPrediction([(pair, 1)]));
        Assert.Equal(reference.Nll(pair), delta.Loss, 1e-10);

        // A sequence of one token predicts nothing and has nothing to route.
        using var beside = await TrainAsync(model, PackedBatch.ForPrediction([([5], 1), (pair, 1), ([9], 0)]));
        Assert.Equal(delta.Loss, beside.Loss, 1e-12);
        Assert.Equal(
            delta.RouterState.Select(item => item.Value.sum().item<long>()),
            beside.RouterState.Select(item => item.Value.sum().item<long>()));
    }

    [Fact]
    public async Task Plain_lora_lives_in_the_first_of_many_shards()
    {
        using var tiny = new TinyBackbone();
        using var one = new TestModel(tiny.Folder, AdapterCase.Parse("none", 2));
        using var three = new TestModel(tiny.Folder, AdapterCase.Parse("none shards=3", 2));
        one.Randomise(seed: 2);
        three.Randomise(seed: 2);

        Assert.Equal(await one.LogitsAsync([1, 2, 3]), await three.LogitsAsync([1, 2, 3]));
    }

    private static async Task<MicroBatchDelta> TrainAsync(
        TestModel model, PackedBatch batch, RecordingLink? link = null)
    {
        using var microBatch = new LlamaMicroBatch(model.Model, batch, new MicroBatchContext
        {
            ShardVersion = 0,
            Training = true,
            Step = 1,
            StepTargets = batch.Targets.Length,
            StepTokens = batch.Tokens.Length,
        });
        return (MicroBatchDelta)await new MicroBatchRunner(model.Math, link ?? model.Link)
            .TrainAsync(microBatch, CancellationToken.None);
    }

    /// <summary>Every router listens to the constant feature alone, and likes expert 0 best.</summary>
    private static void PreferExpertZero(TestModel model)
    {
        foreach (var parameter in model.Parameters.Layout.Parameters)
        {
            if (parameter.Name.Contains("router.sub", StringComparison.Ordinal))
            {
                var weight = new double[parameter.Count];
                for (var expert = 0; expert < parameter.Rows; expert++)
                {
                    weight[expert * parameter.Columns] = expert == 0 ? 3 : -expert;
                }

                model.Set(parameter.Name, weight);
            }
        }
    }
}
