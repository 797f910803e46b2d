using MoR.Model.Parameters;
using MoR.Model.Tests.Reference;

namespace MoR.Model.Tests.Segments;

/// <summary>Law 4: an adapter as it starts, with B = 0, leaves the backbone as it is, bit for bit.</summary>
public sealed class NeutralStartTests
{
    [Theory]
    [InlineData("none")]
    [InlineData("topk scope=linear shards=3")]
    [InlineData("topk scope=dispatch")]
    [InlineData("topk scope=block k=4 shards=4")]
    [InlineData("mor scope=linear m=2")]
    [InlineData("mor scope=dispatch shards=2 counts=2,5")]
    [InlineData("mor scope=block mixing=logit")]
    [InlineData("mor r=1 targets=down_proj")]
    public async Task A_fresh_adapter_gives_the_backbones_logits(string adapter)
    {
        using var tiny = new TinyBackbone();
        var plain = AdapterCase.Parse("none", 2);
        var nothing = plain with { Experts = plain.Experts with { Targets = [] } };
        using var backbone = new TestModel(tiny.Folder, nothing);
        using var adapted = new TestModel(tiny.Folder, AdapterCase.Parse(adapter, 2));
        adapted.Parameters.Initialise(seed: 12);
        var tokens = tiny.Tokens(13, seed: 2);

        Assert.Equal(await backbone.LogitsAsync(tokens), await adapted.LogitsAsync(tokens));
        Assert.Equal(await backbone.NllAsync(tokens), await adapted.NllAsync(tokens));
        Assert.All(
            adapted.Values().Where(item => item.Key.Contains("lora_A", StringComparison.Ordinal)),
            item => Assert.Contains(item.Value, value => value != 0));
    }

    [Fact]
    public void Parameters_start_by_their_names_within_their_bounds()
    {
        using var tiny = new TinyBackbone();
        using var small = new TestModel(tiny.Folder, AdapterCase.Parse("mor counts=2", 2));
        using var large = new TestModel(tiny.Folder, AdapterCase.Parse("mor counts=4 shards=2 r=5", 2));
        small.Parameters.Initialise(seed: 3);
        large.Parameters.Initialise(seed: 3);
        var (one, other) = (small.Values(), large.Values());

        foreach (var parameter in small.Parameters.Layout.Parameters)
        {
            var values = one[parameter.Name];
            var bound = 1 / Math.Sqrt(parameter.Columns);
            var zero = parameter.Initial == InitialValue.Zero;
            Assert.All(values, value => Assert.InRange(value, zero ? 0 : -bound, zero ? 0 : bound));
            Assert.True(zero || values.Max(Math.Abs) > bound / 2, $"{parameter.Name} hardly starts");
            if (!parameter.Name.Contains("router", StringComparison.Ordinal))
            {
                Assert.Equal(values, other[parameter.Name]);
            }
        }

        var subRouters = one.Where(item => item.Key.Contains("router.sub.", StringComparison.Ordinal)).ToArray();
        Assert.Equal(subRouters.Length, subRouters.DistinctBy(item => item.Value[0]).Count());
        small.Parameters.Initialise(seed: 4);
        Assert.NotEqual(one.First().Value, small.Values().First().Value);
    }
}
