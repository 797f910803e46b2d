using System.Text;
using MoR.Model.Backbone;
using MoR.Model.Safetensors;
using MoR.Model.Tests.Reference;
using static TorchSharp.torch;

namespace MoR.Model.Tests.Backbone;

public sealed class BackboneReferenceTests
{
    [Theory]
    [InlineData(true, SafetensorsDtype.F32)]
    [InlineData(false, SafetensorsDtype.F32)]
    [InlineData(true, SafetensorsDtype.BF16)]
    [InlineData(false, SafetensorsDtype.BF16)]
    [InlineData(true, SafetensorsDtype.F16)]
    [InlineData(false, SafetensorsDtype.F16)]
    public async Task The_backbone_computes_the_formulas(bool tied, SafetensorsDtype stored)
    {
        using var tiny = new TinyBackbone(layers: 3, tied, stored);
        var tokens = tiny.Tokens(11, seed: 5);
        var reference = new ReferenceModel(tiny.Config, tiny.Values);
        using var exact = new TestModel(tiny.Folder, TestModel.PlainLora(3), ScalarType.Float64);
        using var single = new TestModel(tiny.Folder, TestModel.PlainLora(3), ScalarType.Float32);

        Agreement.Within(1e-9, reference.Logits(tokens), await exact.LogitsAsync(tokens), "float64 logits");
        Agreement.Within(1e-4, reference.Logits(tokens), await single.LogitsAsync(tokens), "float32 logits");
        Assert.Equal(reference.Nll(tokens), await exact.NllAsync(tokens), 1e-9);
        Assert.Equal(reference.Nll(tokens), await single.NllAsync(tokens), 1e-4);
    }

    [Fact]
    public async Task A_lone_output_head_serves_as_the_embedding_when_they_are_tied()
    {
        using var tiny = new TinyBackbone(tied: true);
        var tokens = tiny.Tokens(6, seed: 5);
        using var before = new TestModel(tiny.Folder, TestModel.PlainLora(2));
        var expected = await before.LogitsAsync(tokens);
        var file = Path.Combine(tiny.Folder, "model.safetensors");
        var bytes = File.ReadAllBytes(file);
        var name = "\"model.embed_tokens.weight\""u8;
        var renamed = Encoding.ASCII.GetBytes("\"lm_head.weight\"".PadRight(name.Length));
        renamed.CopyTo(bytes.AsSpan(bytes.AsSpan().IndexOf(name)));
        File.WriteAllBytes(file + ".new", bytes);
        File.Move(file + ".new", file, overwrite: true);

        using var after = new TestModel(tiny.Folder, TestModel.PlainLora(2));

        Assert.Equal(expected, await after.LogitsAsync(tokens));
    }

    [Fact]
    public async Task Generation_with_a_cache_gives_the_logits_of_the_whole_text()
    {
        using var tiny = new TinyBackbone();
        var spec = AdapterCase.Parse("mor scope=linear shards=2", 2);
        using var model = new TestModel(tiny.Folder, spec, ScalarType.Float64);
        model.Randomise(seed: 3);
        var tokens = tiny.Tokens(12, seed: 9);
        var whole = await model.LogitsAsync(tokens);
        using var cache = new KeyValueCache(tiny.Config, tokens.Length, float64, CPU);

        Agreement.Within(1e-12, whole[4], await model.NextAsync(tokens[..5], cache), "the prompt's last row");
        for (var i = 5; i < 9; i++)
        {
            Agreement.Within(1e-12, whole[i], await model.NextAsync([tokens[i]], cache), $"row {i}");
        }

        Agreement.Within(1e-12, whole[11], await model.NextAsync(tokens[9..], cache), "three tokens at once");
        Assert.Equal(tokens.Length, cache.Length);
        await Assert.ThrowsAsync<InvalidOperationException>(() => model.NextAsync([1], cache));
    }

    [Fact]
    public async Task Texts_that_go_on_together_get_the_logits_that_each_gets_alone()
    {
        using var tiny = new TinyBackbone();
        using var model = new TestModel(tiny.Folder, AdapterCase.Parse("mor scope=linear shards=2", 2), ScalarType.Float64);
        model.Randomise(seed: 3);
        int[][] texts = [tiny.Tokens(9, 1), tiny.Tokens(3, 2), tiny.Tokens(6, 3)];
        using var first = new KeyValueCache(tiny.Config, 10, float64, CPU);
        using var second = new KeyValueCache(tiny.Config, 10, float64, CPU);
        using var third = new KeyValueCache(tiny.Config, 10, float64, CPU);
        KeyValueCache[] caches = [first, second, third];

        await model.NextAsync([.. texts.Zip(caches, (text, cache) => (text[..^1], cache))]);
        var together = await model.NextAsync([.. texts.Zip(caches, (text, cache) => (text[^1..], cache))]);

        for (var i = 0; i < texts.Length; i++)
        {
            Agreement.Within(1e-12, (await model.LogitsAsync(texts[i]))[^1], together[i], $"text {i}");
            Assert.Equal(texts[i].Length, caches[i].Length);
        }
    }

    [Fact]
    public async Task Packed_sequences_do_not_see_each_other()
    {
        using var tiny = new TinyBackbone();
        var reference = new ReferenceModel(tiny.Config, tiny.Values);
        using var model = new TestModel(tiny.Folder, TestModel.PlainLora(2), ScalarType.Float64);
        int[][] sequences = [tiny.Tokens(9, 1), tiny.Tokens(2, 2), tiny.Tokens(5, 3)];

        var all = await model.LogLikelihoodsAsync([.. sequences.Select(tokens => (tokens, 1))]);

        Assert.Equal(8 + 1 + 4, all.Count);
        Assert.Equal(reference.Nll(sequences[0]), -all.Take(8).Average(), 1e-12);
        Assert.Equal(reference.Nll(sequences[1]), -all[8], 1e-12);
        Assert.Equal(reference.Nll(sequences[2]), -all.Skip(9).Average(), 1e-12);
    }
}
