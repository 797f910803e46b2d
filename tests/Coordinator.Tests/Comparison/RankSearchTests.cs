using MoR.Cluster.Random;
using MoR.Coordinator.Comparison;

namespace MoR.Coordinator.Tests.Comparison;

public sealed class RankSearchTests
{
    [Theory]
    [InlineData(32 * 100, new[] { 8, 8, 8, 8 })]
    [InlineData(30 * 100, new[] { 8, 8, 7, 7 })]
    [InlineData((30 * 100) + 49, new[] { 8, 8, 7, 7 })]
    [InlineData((30 * 100) + 50, new[] { 8, 8, 7, 7 })]
    [InlineData((30 * 100) + 51, new[] { 8, 8, 8, 7 })]
    [InlineData(1, new[] { 1, 1, 1, 1 })]
    [InlineData(-500, new[] { 1, 1, 1, 1 })]
    [InlineData(1_000_000, new[] { 50, 50, 50, 50 })]
    public void Equal_layers_share_a_budget_with_the_higher_ranks_first(long budget, int[] expected) =>
        Assert.Equal(expected, RankSearch.Nearest(budget, [100, 100, 100, 100], most: 50));

    [Fact]
    public void Unequal_layers_are_combined_so_that_their_sum_comes_nearest()
    {
        // Rank 3 costs 600. 140 more are 20 + 40 + 80, or 60 + 80; 170 are nearest to 180 = 40 + 60 + 80.
        Assert.Equal([4, 4, 3, 4], RankSearch.Nearest(740, [20, 40, 60, 80], most: 50));
        Assert.Equal([3, 4, 4, 4], RankSearch.Nearest(771, [20, 40, 60, 80], most: 50));
    }

    [Fact]
    public void No_other_ranks_that_differ_by_at_most_one_come_nearer()
    {
        var random = new CounterRandom(7);
        for (var i = 0; i < 300; i++)
        {
            long[] perRank = [.. Enumerable.Range(0, 5).Select(_ => 12L * (1 + (long)random.NextBelow(8)))];
            var budget = (long)random.NextBelow(4000);

            var ranks = RankSearch.Nearest(budget, perRank, most: 60);

            Assert.True(ranks.Max() - ranks.Min() <= 1);
            Assert.Equal(LeastDistance(budget, perRank), Math.Abs(Cost(ranks) - budget));

            long Cost(int[] some) => some.Zip(perRank, (rank, cost) => rank * cost).Sum();
        }
    }

    /// <summary>Every rank from 1 to 60, and every set of layers that has one more.</summary>
    private static long LeastDistance(long budget, long[] perRank) => Enumerable.Range(1, 60)
        .SelectMany(_ => Enumerable.Range(0, 32), (rank, set) => perRank
            .Select((cost, layer) => (rank + ((set >> layer) & 1)) * cost).Sum())
        .Min(sum => Math.Abs(sum - budget));
}
