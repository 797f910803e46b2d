using MoR.Model.Tests.Reference;
using static TorchSharp.torch;

namespace MoR.Model.Tests.Segments;

public sealed class AdaptedReferenceTests
{
    private static readonly string[] Routers =
    [
        "topk", "topk k=1", "mor", "mor m=2", "mor mixing=logit", "mor m=1 mixing=logit k=1", "mor r=1",
        "mor r=6 m=4 k=3",
    ];

    private static readonly string[] Targets =
    [
        "q_proj,k_proj,v_proj,o_proj,gate_proj,up_proj,down_proj",
        "q_proj,v_proj", "o_proj", "k_proj,up_proj", "gate_proj,up_proj,down_proj", "down_proj",
    ];

    public static TheoryData<string> Cases => [.. MakeCases()];

    [Theory]
    [MemberData(nameof(Cases))]
    public Task The_adapted_model_computes_the_formulas(string adapter) => Check(adapter, layers: 2);

    [Theory]
    [InlineData("topk scope=linear counts=2,4,6,8")]
    [InlineData("mor scope=dispatch counts=2,4,6,8 shards=3")]
    [InlineData("mor scope=block counts=8,6,4,2 shards=8 mixing=logit")]
    [InlineData("mor scope=linear counts=2,3,2,5 shards=5 m=2 targets=o_proj,down_proj")]
    public Task Layers_may_have_different_numbers_of_experts(string adapter) => Check(adapter, layers: 4);

    [Theory]
    [InlineData("none rank=4,1,3,2 alpha=5")]
    [InlineData("topk scope=linear counts=2,4 rank=3,3,2,2 shards=3")]
    [InlineData("mor scope=dispatch rank=1,4 alpha=3 shards=4")]
    public Task Layers_may_have_different_ranks(string adapter) => Check(adapter, layers: 4);

    [Fact]
    public Task A_tied_head_changes_nothing_else() => Check("mor scope=linear", layers: 2, tied: true);

    private static IEnumerable<string> MakeCases()
    {
        var scopes = (string[])["linear", "dispatch", "block"];
        foreach (var targets in Targets)
        {
            yield return $"none targets={targets}";
        }

        foreach (var (number, router) in Routers.Index())
        {
            foreach (var (other, scope) in scopes.Index())
            {
                // Every router meets every scope, every scope all targets, and both shards from one to all experts.
                var shards = ((number + other) % 4) + 1;
                var targets = Targets[(number + (2 * other)) % Targets.Length];
                yield return $"{router} scope={scope} shards={shards} targets={targets}";
            }
        }

        foreach (var targets in Targets)
        {
            foreach (var scope in scopes)
            {
                yield return $"mor scope={scope} shards=2 rank=5 alpha=3 targets={targets}";
            }
        }
    }

    private static async Task Check(string adapter, int layers, bool tied = false)
    {
        using var tiny = new TinyBackbone(layers, tied);
        var spec = AdapterCase.Parse(adapter, layers);
        using var exact = new TestModel(tiny.Folder, spec, ScalarType.Float64);
        using var single = new TestModel(tiny.Folder, spec, ScalarType.Float32);
        exact.Randomise(seed: 21);
        single.Randomise(seed: 21);
        var reference = new ReferenceModel(tiny.Config, tiny.Values, spec, exact.Values());
        var tokens = tiny.Tokens(10, seed: 4);

        var expected = reference.Logits(tokens);

        Agreement.Within(1e-9, expected, await exact.LogitsAsync(tokens), "float64 logits");
        Agreement.Within(1e-4, expected, await single.LogitsAsync(tokens), "float32 logits");
        Assert.Equal(reference.Nll(tokens), await exact.NllAsync(tokens), 1e-9);
        Assert.Equal(reference.Nll(tokens), await single.NllAsync(tokens), 1e-4);
        var backbone = new ReferenceModel(tiny.Config, tiny.Values).Logits(tokens);
        Assert.True(Math.Abs(backbone[^1][0] - expected[^1][0]) > 1e-3, "the adapter does nothing");
    }
}
