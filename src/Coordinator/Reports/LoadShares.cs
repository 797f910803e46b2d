namespace MoR.Coordinator.Reports;

/// <summary>Each expert's share of the rows that each router site sent, over the last quarter of the log.</summary>
/// <param name="FirstStep">First step that counts.</param>
/// <param name="LastStep">Last step that counts.</param>
/// <param name="Sites">Shares that add up to 1, by site, in the order of the blocks.</param>
internal sealed record LoadShares(long FirstStep, long LastStep, IReadOnlyList<KeyValuePair<string, double[]>> Sites)
{
    /// <summary>Null when nothing was routed.</summary>
    public static LoadShares? Of(IReadOnlyList<StepMetrics> steps)
    {
        var logged = steps.Where(step => step.Load.Count > 0).ToArray();
        var counted = logged[(logged.Length - ((logged.Length + 3) / 4))..];
        var order = new List<string>();
        var sums = new Dictionary<string, double[]>(StringComparer.Ordinal);
        foreach (var (site, counts) in counted.SelectMany(step => step.Load))
        {
            if (!sums.TryGetValue(site, out var sum) || sum.Length < counts.Length)
            {
                if (sum is null)
                {
                    order.Add(site);
                }

                Array.Resize(ref sum, counts.Length);
                sums[site] = sum;
            }

            for (var i = 0; i < counts.Length; i++)
            {
                sum[i] += double.IsFinite(counts[i]) ? Math.Max(counts[i], 0) : 0;
            }
        }

        var used = order.Where(site => sums[site].Sum() > 0);
        var shares = used.Order(SiteOrder.Instance)
            .Select(site => KeyValuePair.Create(site, Share(sums[site])))
            .ToArray();
        return shares.Length > 0
            ? new LoadShares(counted[0].Step, counted[^1].Step, shares)
            : null;
    }

    private static double[] Share(double[] counts)
    {
        var total = counts.Sum();
        return [.. counts.Select(count => count / total)];
    }
}
