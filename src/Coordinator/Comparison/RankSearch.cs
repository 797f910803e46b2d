namespace MoR.Coordinator.Comparison;

/// <summary>Finds the ranks at which experts have a wanted number of parameters.</summary>
public static class RankSearch
{
    /// <summary>
    /// The ranks that come nearest to a budget, among those that differ by at most one between layers; of equally near ones
    /// the smaller, and the higher rank in the first layers that do. Exact: a sum over layers is looked for among all.
    /// </summary>
    /// <param name="budget">Wanted number of the experts' parameters.</param>
    /// <param name="perRank">Parameters that a layer's experts have per unit of rank, above 0; [layers].</param>
    /// <param name="most">The largest rank.</param>
    /// <returns>Ranks from 1 to <paramref name="most"/>; [layers].</returns>
    public static int[] Nearest(long budget, IReadOnlyList<long> perRank, int most)
    {
        var all = perRank.Sum();
        var common = Math.Clamp(budget / all, 1, most);
        int[] ranks = [.. perRank.Select(_ => (int)common)];
        var rest = budget - (common * all);
        if (common < most && rest > 0)
        {
            foreach (var layer in NearestSubset(rest, perRank))
            {
                ranks[layer]++;
            }
        }

        return ranks;
    }

    /// <summary>The layers whose sizes add up to the number nearest to <paramref name="target"/>.</summary>
    private static IEnumerable<int> NearestSubset(long target, IReadOnlyList<long> sizes)
    {
        // In units of the greatest common divisor, sums are as small as numbers of experts, whatever the widths.
        var unit = sizes.Aggregate(GreatestCommonDivisor);
        int[] units = [.. sizes.Select(size => (int)(size / unit))];
        var lastLayer = new int[units.Sum() + 1]; // of a sum that can be reached: its last layer, counted from 1
        var reached = new bool[lastLayer.Length];
        reached[0] = true;
        for (var layer = 0; layer < units.Length; layer++)
        {
            for (var sum = lastLayer.Length - 1; sum >= units[layer]; sum--)
            {
                if (!reached[sum] && reached[sum - units[layer]])
                {
                    (reached[sum], lastLayer[sum]) = (true, layer + 1);
                }
            }
        }

        var nearest = Enumerable.Range(0, reached.Length)
            .Where(sum => reached[sum])
            .MinBy(sum => Math.Abs((sum * unit) - target));
        for (var sum = nearest; sum > 0; sum -= units[lastLayer[sum] - 1])
        {
            yield return lastLayer[sum] - 1;
        }
    }

    private static long GreatestCommonDivisor(long a, long b) => b == 0 ? a : GreatestCommonDivisor(b, a % b);
}
