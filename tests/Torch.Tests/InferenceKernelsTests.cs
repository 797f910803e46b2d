using MoR.Torch.Runtime;
using static TorchSharp.torch;

namespace MoR.Torch.Tests;

/// <summary>The kernels of forward passes that nobody differentiates, against the plain versions in float64.</summary>
public sealed class InferenceKernelsTests : TensorTest
{
    private const double Tolerance = 2e-6;

    private static readonly IInferenceKernels native = new LibtorchInferenceKernels();
    private static readonly IInferenceKernels plain = new PlainInferenceKernels();
    private readonly MathPool _pool = new(2);

    [Theory]
    [InlineData(1, 512)]
    [InlineData(2, 33)]
    [InlineData(8, 130)]
    public void A_few_rows_give_the_products_of_each_weight(int rows, int width)
    {
        var x = Random(1, rows, width);
        Tensor[] weights = [Random(2, 300, width), Random(3, 1, width), Random(4, 128, width)];

        var expected = plain.FewRows(x.to(float64), [.. weights.Select(weight => weight.to(float64))], _pool);
        var actual = native.FewRows(x, weights, _pool);

        foreach (var (one, other) in expected.Zip(actual))
        {
            Same(one, other, Tolerance * Math.Sqrt(width));
        }
    }

    [Fact]
    public void A_row_is_computed_the_same_whoever_is_beside_it_and_on_any_number_of_threads()
    {
        using var one = new MathPool(1);
        var (x, weight) = (Random(1, 8, 77), Random(2, 290, 77));
        var together = native.FewRows(x, [weight], _pool)[0];

        for (var row = 0; row < 8; row++)
        {
            var alone = native.FewRows(x.narrow(0, row, 1).contiguous(), [weight], one)[0];
            Assertions.SameBits(together.narrow(0, row, 1), alone, $"row {row}");
        }
    }

    [Theory]
    [InlineData(1, 1, false, 2)]
    [InlineData(3, 3, false, 2)]
    [InlineData(3, 2, false, 1)]
    [InlineData(4, 3, true, 5)]
    public void Routes_are_those_of_float64(int subRouters, int kept, bool byLogits, int topK)
    {
        const int Experts = 5, Width = 40, Offset = 7;
        var rule = new RoutingRule(subRouters, kept, byLogits, topK);
        var (x, values) = (Random(1, 50, Width), Random(2, Offset + (subRouters * (Experts + 1) * Width)));

        var (gates, selected) = native.Route(x, values, Offset, Experts, rule);
        var (wideGates, wideSelected) = plain.Route(x.to(float64), values.to(float64), Offset, Experts, rule);

        Assertions.SameBits(wideSelected, selected);
        Same(wideGates, gates, 1e-5);
        Assert.All(gates.sum([1]).data<float>().ToArray(), sum => Assert.Equal(1, sum, 1e-5f));
    }

    [Theory]
    [InlineData(1, 8, 1, true)]
    [InlineData(1, 8, 3, true)]
    [InlineData(70, 8, 4, true)]
    [InlineData(33, 5, 2, true)]
    [InlineData(40, 8, 1, false)]
    public void Experts_add_what_their_shards_add(int rows, int rank, int shards, bool routed)
    {
        const int Inputs = 50, Outputs = 37, Experts = 6;
        var values = Random(1, Experts * rank * (Inputs + Outputs));
        long[] a = [.. Enumerable.Range(0, Experts).Select(e => (long)e * rank * Inputs)];
        long[] b = [.. Enumerable.Range(0, Experts).Select(e => (long)rank * ((Experts * Inputs) + (e * Outputs)))];
        var (x, y) = (Random(2, rows, Inputs), Random(3, rows, Outputs));
        var rule = new RoutingRule(1, 1, false, TopK: 3);
        var choice = native.Route(x, Random(4, Experts * Inputs), 0, Experts, rule);

        var expected = y.to(float64);
        plain.AddExperts(
            expected, x.to(float64), new LoraMatrices(values.to(float64), a, b, rank, shards, 1.5),
            routed ? (choice.Gates_TE.to(float64), choice.Selected_TE) : null, _pool);
        native.AddExperts(y, x, new LoraMatrices(values, a, b, rank, shards, 1.5), routed ? choice : null, _pool);

        Same(expected, y, 1e-4);
    }

    [Theory]
    [InlineData(4, 4, int.MaxValue)]
    [InlineData(4, 2, int.MaxValue)]
    [InlineData(6, 1, 3)]
    public void A_token_sees_the_cache_and_itself(int heads, int groups, int window)
    {
        const int Width = 10, Capacity = 12, Rows = 3, Row = 1, Held = 7;
        Tensor[] tensors =
        [
            Random(1, Rows, heads * Width), Random(2, Rows, groups * Width), Random(3, Rows, groups * Width),
            Random(4, Rows, Width / 2), Random(5, Rows, Width / 2),
            Random(6, groups, Capacity, Width), Random(7, groups, Capacity, Width), zeros(Rows, heads * Width),
        ];
        Tensor[] wide = [.. tensors.Select(item => item.to(float64))];

        Attend(native, tensors);
        Attend(plain, wide);

        foreach (var (one, other) in wide.Zip(tensors))
        {
            Same(one, other, Tolerance);
        }

        void Attend(IInferenceKernels kernels, Tensor[] t) => kernels.Attend(
            t[7], (t[0], t[1], t[2]), (t[3], t[4]), (t[5], t[6]), Row, Held, window);
    }

    [Fact]
    public void What_does_not_fit_is_named()
    {
        var product = Assert.Throws<TorchException>(() => native.FewRows(zeros(2, 3), [zeros(4, 5)], _pool));
        var route = Assert.Throws<TorchException>(() =>
            native.Route(zeros(2, 3), zeros(11), 0, 4, new RoutingRule(1, 1, false, 2)));
        var experts = Assert.Throws<TorchException>(() => native.AddExperts(
            zeros(2, 3), zeros(2, 3), new LoraMatrices(zeros(9), [0], [6], 2, 1, 1), null, _pool));

        Assert.Contains("expected contiguous float32 [4, 3]", product.Message, StringComparison.Ordinal);
        Assert.Contains("the routers' weights end at 12 of 11", route.Message, StringComparison.Ordinal);
        Assert.Contains("expert 0 lies outside of 9 values", experts.Message, StringComparison.Ordinal);
    }

    private static Tensor Random(int seed, params long[] shape) => Assertions.Random(seed, float32, shape);

    private static void Same(Tensor expected, Tensor actual, double tolerance) =>
        Assertions.Values(expected.contiguous().data<double>().ToArray(), actual, tolerance);
}
