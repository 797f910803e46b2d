using MoR.Model.Backbone;
using MoR.Model.Safetensors;
using MoR.Model.Tests.Reference;
using MoR.Model.Tests.Segments;
using static TorchSharp.torch;

namespace MoR.Model.Tests.Backbone;

/// <summary>Every architecture against the float64 reference, in sequences longer than windows and original positions.</summary>
public sealed class ArchitectureTests
{
    private const int Length = 40;
    private const string Adapter = "mor scope=dispatch shards=2 m=2";

    public static TheoryData<string> Names => TinyArchitectures.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public async Task It_is_read_from_its_folder_and_computes_the_formulas(string name)
    {
        using var tiny = new TinyBackbone(layers: 3, architecture: TinyArchitectures.Of(name));
        var tokens = tiny.Tokens(Length, seed: 5);
        var reference = new ReferenceModel(tiny.Config, tiny.Values);
        using var exact = new TestModel(tiny.Folder, TestModel.PlainLora(3), ScalarType.Float64);
        using var single = new TestModel(tiny.Folder, TestModel.PlainLora(3), ScalarType.Float32);

        Assert.Equivalent(tiny.Config, exact.Backbone.Config, strict: true);
        Agreement.Within(1e-9, reference.Logits(tokens), await exact.LogitsAsync(tokens), "float64 logits");
        Agreement.Within(1e-4, reference.Logits(tokens), await single.LogitsAsync(tokens), "float32 logits");
        Assert.Equal(reference.Nll(tokens), await exact.NllAsync(tokens), 1e-9);
        Assert.Equal(reference.Nll(tokens), await single.NllAsync(tokens), 1e-4);
    }

    [Theory]
    [MemberData(nameof(TinyArchitectures.Different), MemberType = typeof(TinyArchitectures))]
    public void What_makes_it_different_counts(string name)
    {
        using var tiny = new TinyBackbone(architecture: TinyArchitectures.Of(name));
        var tokens = tiny.Tokens(Length, seed: 5);
        var plain = tiny.Config with { Biased = [], Windows = [], RopeScaling = null };
        var (expected, other) = (new ReferenceModel(tiny.Config, tiny.Values), new ReferenceModel(plain, tiny.Values));

        Assert.True(Math.Abs(expected.Nll(tokens) - other.Nll(tokens)) > 1e-3, name);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task With_an_adapter_it_computes_the_formulas(string name)
    {
        using var tiny = new TinyBackbone(architecture: TinyArchitectures.Of(name));
        var spec = AdapterCase.Parse(Adapter, 2);
        using var model = new TestModel(tiny.Folder, spec, ScalarType.Float64);
        model.Randomise(seed: 21);
        var tokens = tiny.Tokens(Length, seed: 4);
        var reference = new ReferenceModel(tiny.Config, tiny.Values, spec, model.Values());

        Agreement.Within(1e-9, reference.Logits(tokens), await model.LogitsAsync(tokens), "logits");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Generation_with_a_cache_gives_the_logits_of_the_whole_text(string name)
    {
        using var tiny = new TinyBackbone(architecture: TinyArchitectures.Of(name));
        using var model = new TestModel(tiny.Folder, AdapterCase.Parse(Adapter, 2), ScalarType.Float64);
        model.Randomise(seed: 3);
        var tokens = tiny.Tokens(Length, seed: 9);
        var whole = await model.LogitsAsync(tokens);
        using var cache = new KeyValueCache(tiny.Config, Length, float64, CPU);

        Agreement.Within(1e-12, whole[7], await model.NextAsync(tokens[..8], cache), "a prompt longer than the window");
        for (var i = 8; i < 30; i++)
        {
            Agreement.Within(1e-12, whole[i], await model.NextAsync([tokens[i]], cache), $"row {i}");
        }

        Agreement.Within(1e-12, whole[^1], await model.NextAsync(tokens[30..], cache), "ten tokens at once");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Gradients_agree_with_finite_differences(string name)
    {
        using var tiny = new TinyBackbone(architecture: TinyArchitectures.Of(name));
        using var model = new TestModel(
            tiny.Folder, AdapterCase.Parse("mor m=2 balance=0.5 shards=2 rank=2", 2), ScalarType.Float64, threads: 1,
            new InlineExecutor());
        model.Randomise(seed: 31);
        var batch = PackedBatch.ForPrediction([(tiny.Tokens(9, 1), 1), (tiny.Tokens(2, 2), 1), (tiny.Tokens(4, 3), 2)]);

        await new GradientCheck(model, [batch]).RunAsync(seed: 8);
    }

    [Theory]
    [InlineData("llama, all biases", 2)]
    [InlineData("qwen2", 5)]
    public async Task Weights_in_several_files_are_one_backbone(string name, int files)
    {
        using var one = new TinyBackbone(architecture: TinyArchitectures.Of(name));
        using var several = new TinyBackbone(architecture: TinyArchitectures.Of(name), files: files);
        using var expected = new TestModel(one.Folder, TestModel.PlainLora(2));
        using var actual = new TestModel(several.Folder, TestModel.PlainLora(2));
        var tokens = one.Tokens(12, seed: 1);

        Assert.Equal(files, Directory.GetFiles(several.Folder, "*.safetensors").Length);
        Assert.Equal(expected.Backbone.Fingerprint, actual.Backbone.Fingerprint);
        Assert.Equal(await expected.LogitsAsync(tokens), await actual.LogitsAsync(tokens));
    }

    [Theory]
    [InlineData(SafetensorsDtype.BF16)]
    [InlineData(SafetensorsDtype.F16)]
    public async Task Matrices_kept_in_half_the_width_compute_the_same_formulas(SafetensorsDtype stored)
    {
        using var tiny = new TinyBackbone(dtype: stored, architecture: TinyArchitectures.Of("qwen2"));
        var spec = AdapterCase.Parse(Adapter, 2);
        using var single = new TestModel(tiny.Folder, spec, new WeightTypes(float32, bfloat16));
        using var exact = new TestModel(tiny.Folder, spec, new WeightTypes(float64, bfloat16));
        single.Randomise(seed: 21);
        exact.Randomise(seed: 21);
        var tokens = tiny.Tokens(Length, seed: 4);
        var reference = new ReferenceModel(tiny.Config, tiny.Values, spec, exact.Values());

        Agreement.Within(1e-9, reference.Logits(tokens), await exact.LogitsAsync(tokens), "float64 logits");
        Agreement.Within(1e-4, reference.Logits(tokens), await single.LogitsAsync(tokens), "float32 logits");
        await new GradientCheck(exact, [PackedBatch.ForPrediction([(tokens[..9], 1)])]).RunAsync(seed: 8);
    }
}
