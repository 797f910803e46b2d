using MoR.Coordinator.Benchmarks;
using MoR.Coordinator.Benchmarks.Network;

namespace MoR.Coordinator.Tests.Benchmarks.Network;

public sealed class FigureTests
{
    [Theory]
    [InlineData(true, 2.0, true)]
    [InlineData(true, 2.1, false)]
    [InlineData(false, 2.0, true)]
    [InlineData(false, 1.9, false)]
    public void It_holds_if_the_median_is_within_the_limit(bool isMost, double median, bool holds)
    {
        var figure = new Figure("key", "text", new Samples([0, median, 100]), Limit: 2, isMost);

        Assert.Equal(holds, figure.Holds);
        Assert.Equal(holds, (bool)figure.ToJson()["holds"]!);
        Assert.Equal(2.0, (double)figure.ToJson()[isMost ? "at_most" : "at_least"]!);
    }
}
