using MoR.Model.Adapters;
using MoR.Model.Parameters;
using MoR.Model.Tests.Reference;
using static TorchSharp.torch;

namespace MoR.Model.Tests.Adapters;

/// <summary>What adapters of one seed have in common before the first step, which pairs the runs of a comparison.</summary>
public sealed class SharedStartTests : IDisposable
{
    private readonly TinyBackbone _tiny = new();

    public void Dispose() => _tiny.Dispose();

    [Theory]
    [InlineData("topk rank=3", "mor rank=3 r=2")]
    [InlineData("mor r=2 rank=4", "mor r=4 rank=2,3")]
    [InlineData("mor scope=linear rank=2", "topk scope=block counts=6 rank=5")]
    [InlineData("none rank=2", "none rank=9,7 targets=q_proj,up_proj")]
    public void Tensors_of_one_name_begin_with_the_same_rows_whatever_the_rank_and_router(string left, string right)
    {
        var (one, other) = (Start(left, 5), Start(right, 5));
        var shared = one.Keys.Intersect(other.Keys).ToList();

        Assert.Contains(shared, name => name.EndsWith("lora_A.weight", StringComparison.Ordinal));
        Assert.All(shared.Where(name => !name.EndsWith("lora_B.weight", StringComparison.Ordinal)), name =>
        {
            var common = Math.Min(one[name].Length, other[name].Length);
            Assert.Equal(one[name][..common], other[name][..common]);
            Assert.True(name.Contains("main", StringComparison.Ordinal) || one[name].Any(value => value != 0), name);
        });
    }

    [Fact]
    public void Another_seed_begins_elsewhere_and_plain_lora_shares_no_tensor_with_a_mixture()
    {
        Assert.NotEqual(Start("topk", 5).First().Value, Start("topk", 6).First().Value);
        Assert.Empty(Start("none", 5).Keys.Intersect(Start("topk", 5).Keys));
    }

    private Dictionary<string, double[]> Start(string adapter, ulong seed)
    {
        using var vector = new ParameterVector(
            new AdapterLayout(_tiny.Config, AdapterCase.Parse(adapter, 2)), ScalarType.Float32, CPU);
        vector.Initialise(seed);
        return TestModel.ValuesOf(vector);
    }
}
