using MoR.Engine;
using MoR.Model.Backbone;
using MoR.Model.Segments;
using MoR.Model.Tests.Reference;
using static TorchSharp.torch;

namespace MoR.Model.Tests.Segments;

/// <summary>Inference computes the experts itself, and gives what asking for them gives, bit for bit.</summary>
public sealed class LocalExpertsTests : IDisposable
{
    private const int New = 6;
    private readonly TinyBackbone _tiny = new();

    public void Dispose() => _tiny.Dispose();

    [Theory]
    [InlineData("none")]
    [InlineData("none targets=v_proj,down_proj rank=8")]
    [InlineData("topk counts=4 shards=2 k=3")]
    [InlineData("mor counts=2,4 shards=3 rank=8,3 m=2")]
    [InlineData("mor scope=linear counts=4 mixing=logit shards=4 targets=q_proj,o_proj,up_proj")]
    [InlineData("topk scope=block counts=4 shards=1")]
    public async Task Texts_and_likelihoods_have_the_same_bits(string adapter)
    {
        using var model = new TestModel(_tiny.Folder, AdapterCase.Parse(adapter, _tiny.Config.Layers));
        model.Randomise(3);
        var asks = model.Model with { LocalExperts = null };

        Assert.NotNull(model.Model.LocalExperts);
        Assert.Equal(await TextsAsync(model.Runner, asks), await TextsAsync(model.Runner, model.Model));
        Assert.Equal(await LikelihoodsAsync(model.Runner, asks), await LikelihoodsAsync(model.Runner, model.Model));
    }

    [Fact]
    public async Task A_text_has_the_same_bits_whoever_is_continued_beside_it()
    {
        using var model = new TestModel(_tiny.Folder, AdapterCase.Parse("mor shards=2", _tiny.Config.Layers));
        model.Randomise(3);
        using KeyValueCache alone = Cache(model.Model), together = Cache(model.Model), other = Cache(model.Model);
        await model.NextAsync(_tiny.Tokens(5, 1), alone);
        await model.NextAsync(_tiny.Tokens(5, 1), together);
        await model.NextAsync(_tiny.Tokens(3, 2), other);

        var single = await model.NextAsync([9], alone);
        var both = await model.NextAsync([([4], other), ([9], together)]);

        Assert.Equal(single, both[1]);
    }

    [Fact]
    public void Other_types_ask()
    {
        using var model = new TestModel(_tiny.Folder, AdapterCase.Parse("topk", _tiny.Config.Layers), float64);

        Assert.Null(model.Model.LocalExperts);
    }

    /// <summary>Logits after a prompt and after each of some tokens.</summary>
    private async Task<double[][]> TextsAsync(MicroBatchRunner runner, AdaptedModel model)
    {
        using var cache = Cache(model);
        var logits = new List<double[]>();
        foreach (var tokens in _tiny.Tokens(New, 2).Select(token => new[] { token }).Prepend(_tiny.Tokens(5, 1)))
        {
            using var microBatch = new LlamaMicroBatch(
                model, PackedBatch.ForGeneration((tokens, cache.Length)), MicroBatchContext.Inference(0), cache);
            await runner.ForwardAsync(microBatch, CancellationToken.None);
            using var wide = microBatch.Head.Logits!.to(float64);
            logits.Add(wide.data<double>().ToArray());
        }

        return [.. logits];
    }

    private async Task<IReadOnlyList<double>> LikelihoodsAsync(MicroBatchRunner runner, AdaptedModel model)
    {
        using var microBatch = new LlamaMicroBatch(
            model, PackedBatch.ForPrediction([(_tiny.Tokens(12, 1), 1), (_tiny.Tokens(7, 2), 3)]), MicroBatchContext.Inference(0));
        await runner.ForwardAsync(microBatch, CancellationToken.None);
        return microBatch.Head.LogLikelihoods;
    }

    private static KeyValueCache Cache(AdaptedModel model) =>
        new(model.Backbone.Config, 16, model.Backbone.Dtype, model.Backbone.Device);
}
