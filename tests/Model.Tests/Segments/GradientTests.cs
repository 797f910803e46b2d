using MoR.Model.Backbone;
using MoR.Model.Tests.Reference;
using static TorchSharp.torch;

namespace MoR.Model.Tests.Segments;

public sealed class GradientTests
{
    [Theory]
    [InlineData("none dropout=0.2")]
    [InlineData("none targets=o_proj,down_proj")]
    [InlineData("topk balance=0.5 z=0.05")]
    [InlineData("topk scope=linear shards=2 targets=o_proj,down_proj")]
    [InlineData("topk scope=linear k=1 balance=1 targets=k_proj,gate_proj")]
    [InlineData("topk scope=block shards=4 balance=0.5 jitter=0.1")]
    [InlineData("mor m=2 balance=0.5 main=0.5 z=0.05 jitter=0.1 dropout=0.2 shards=3 rank=2")]
    [InlineData("mor balance=0.5 dropout=0.2 shards=2 rank=2,3")]
    [InlineData("mor scope=linear mixing=logit targets=q_proj,k_proj,o_proj,up_proj,down_proj counts=3")]
    [InlineData("mor scope=linear counts=2,3 r=4 z=0.2 main=0.3 targets=v_proj,o_proj,down_proj")]
    [InlineData("mor scope=block m=1 main=0.3 z=0.1 counts=2,4 targets=q_proj,down_proj")]
    [InlineData("mor scope=block mixing=logit m=2 balance=0.5 jitter=0.2 targets=gate_proj,up_proj,down_proj")]
    [InlineData("mor r=1 balance=0.5 dropout=0.1 targets=q_proj,v_proj")]
    public async Task Gradients_agree_with_finite_differences(string adapter)
    {
        using var tiny = new TinyBackbone();
        using var model = new TestModel(
            tiny.Folder, AdapterCase.Parse(adapter, 2), ScalarType.Float64, threads: 1, new InlineExecutor());
        model.Randomise(seed: 31);
        var batch = PackedBatch.ForPrediction([(tiny.Tokens(6, 1), 1), (tiny.Tokens(2, 2), 1), (tiny.Tokens(4, 3), 2)]);

        await new GradientCheck(model, [batch]).RunAsync(seed: 8);
    }

    [Theory]
    [InlineData("none")]
    [InlineData("topk scope=linear z=0.1 shards=2")]
    [InlineData("mor scope=block z=0.1 m=2")]
    public async Task Micro_batches_add_up_to_the_gradient_of_the_whole(string adapter)
    {
        using var tiny = new TinyBackbone();
        using var model = new TestModel(
            tiny.Folder, AdapterCase.Parse(adapter, 2), ScalarType.Float64, threads: 1, new InlineExecutor());
        model.Randomise(seed: 32);
        (int[], int)[] sequences =
            [(tiny.Tokens(7, 1), 1), (tiny.Tokens(3, 2), 1), (tiny.Tokens(5, 3), 3), (tiny.Tokens(2, 4), 1)];
        var whole = new GradientCheck(model, [PackedBatch.ForPrediction(sequences)]);
        var parts = new GradientCheck(
            model,
            [PackedBatch.ForPrediction(sequences[..1]), PackedBatch.ForPrediction(sequences[1..3]),
                PackedBatch.ForPrediction(sequences[3..])]);

        Assert.Equal(await whole.LossAsync(), await parts.LossAsync(), 1e-12);
        var sum = await parts.GradientAsync();
        foreach (var (name, expected) in await whole.GradientAsync())
        {
            Agreement.Within(1e-12, expected, sum[name], name);
        }
    }

    [Fact]
    public async Task Balance_losses_of_several_micro_batches_have_the_gradient_of_what_is_reported()
    {
        using var tiny = new TinyBackbone();
        var spec = AdapterCase.Parse("mor targets=o_proj balance=1 main=0.5 m=2", 2);
        using var model = new TestModel(tiny.Folder, spec, ScalarType.Float64, threads: 1, new InlineExecutor());
        model.Randomise(seed: 33);

        await new GradientCheck(
            model,
            [PackedBatch.ForPrediction([(tiny.Tokens(6, 1), 1)]), PackedBatch.ForPrediction([(tiny.Tokens(3, 2), 1)])])
            .RunAsync(seed: 9);
    }

    [Fact]
    public async Task A_position_may_have_several_targets()
    {
        using var tiny = new TinyBackbone();
        var spec = AdapterCase.Parse("mor targets=q_proj,down_proj", 2);
        using var model = new TestModel(tiny.Folder, spec, ScalarType.Float64, threads: 1, new InlineExecutor());
        model.Randomise(seed: 35);
        var batch = PackedBatch.ForScoring(
            [(tiny.Tokens(5, 1), [(4, 1), (4, 9), (2, 30)]), (tiny.Tokens(3, 2), [(0, 7), (2, 7), (2, 8)])]);

        await new GradientCheck(model, [batch]).RunAsync(seed: 10);
    }

    [Fact]
    public async Task A_micro_batch_without_a_target_still_balances_its_routers()
    {
        using var tiny = new TinyBackbone();
        using var model = new TestModel(
            tiny.Folder, AdapterCase.Parse("topk balance=1", 2), ScalarType.Float64, threads: 1, new InlineExecutor());
        model.Randomise(seed: 34);
        var check = new GradientCheck(model, [PackedBatch.ForPrediction([(tiny.Tokens(5, 1), 9)])]);

        var gradient = await check.GradientAsync();

        Assert.InRange(await check.LossAsync(), 0.5, 4);
        Assert.Contains(gradient["base_model.model.model.layers.1.mlp.down.router.sub.0.weight"], value => value != 0);
    }
}
