using MoR.Coordinator.Benchmarks;
using MoR.Coordinator.Benchmarks.Growth;

namespace MoR.Coordinator.Tests.Benchmarks;

public sealed class GrowthTests
{
    [Theory]
    [InlineData(0.5)]
    [InlineData(1)]
    [InlineData(2)]
    public void A_power_has_its_own_order(double power) =>
        Assert.Equal(power, GrowthOrder.Of([3, 6, 12, 24], [.. new[] { 3, 6, 12, 24 }.Select(size => 7 * Math.Pow(size, power))]), 1e-12);

    [Fact]
    public void Only_the_larger_half_counts() => Assert.Equal(1, GrowthOrder.Of([1, 2, 4, 8, 16], [100, 3, 4, 8, 16]), 1e-12);

    [Fact]
    public void Every_axis_doubles_one_size_and_experts_reach_256()
    {
        var axes = GrowthAxis.Around(BenchmarkShape.Reference);

        Assert.All(axes, axis => Assert.All(axis.Values.Zip(axis.Values.Skip(1)), pair => Assert.Equal(2 * pair.First, pair.Second)));
        Assert.All(axes, axis => Assert.All(axis.Values, value =>
        {
            var shape = axis.At(value);
            Assert.Equal(2, shape.Sequences / shape.MicroBatchSequences);
            Assert.True(shape.Length <= shape.Config.MaxPositions, axis.Name);
        }));
        Assert.Equal([256, 512, 1024, 2048, 4096], axes.Single(axis => axis.Name == "tokens").Values);
        Assert.Equal(4096, axes.Single(axis => axis.Name == "tokens").At(4096).Tokens);
        Assert.Equal([8, 16, 32, 64, 128, 256], axes.Single(axis => axis.Name == "experts").Values);
    }

    /// <summary>Differences between two values leave only what grows: twice the size, twice the difference.</summary>
    [Theory]
    [InlineData("tokens", 2)]
    [InlineData("experts", 2)]
    [InlineData("rank", 2)]
    [InlineData("layers", 2)]
    [InlineData("sub-routers", 2)]
    public void Work_is_a_straight_line_in_every_size_but_the_length(string name, double expected) =>
        Assert.Equal(expected, RatioOfDifferences(name, work => work.Total), 1e-9);

    [Fact]
    public void Attention_makes_work_grow_with_the_square_of_the_length() =>
        Assert.InRange(RatioOfDifferences("length", work => work.Total), 2.01, 3.99);

    [Fact]
    public void Tokens_cost_the_optimiser_nothing_and_experts_cost_the_products_only_routers()
    {
        var axes = GrowthAxis.Around(BenchmarkShape.Reference);
        var (tokens, experts) = (axes.Single(axis => axis.Name == "tokens"), axes.Single(axis => axis.Name == "experts"));

        Assert.Equal(Work(tokens, 256).Bytes, Work(tokens, 4096).Bytes);

        // 3 products of a micro-batch's 256 rows with 248 more outputs, at widths 256 (three points) and 704, in two layers.
        var routers = 2.0 * 3 * 256 * 248 * ((3 * 256) + 704) * 2;
        Assert.Equal(routers, Work(experts, 256).Operations - Work(experts, 8).Operations, routers * 1e-9);
    }

    private static double RatioOfDifferences(string name, Func<StepWork, double> amount)
    {
        var axis = GrowthAxis.Around(BenchmarkShape.Reference).Single(axis => axis.Name == name);
        var amounts = axis.Values.Take(3).Select(value => amount(Work(axis, value))).ToArray();
        return (amounts[2] - amounts[1]) / (amounts[1] - amounts[0]);
    }

    private static StepWork Work(GrowthAxis axis, int value) => StepWork.Of(axis.At(value), axis.Router);
}
