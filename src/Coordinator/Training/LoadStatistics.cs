namespace MoR.Coordinator.Training;

/// <summary>How evenly experts are used.</summary>
public static class LoadStatistics
{
    /// <summary>Coefficient of variation (standard deviation over mean) of rows per expert, averaged over sites; 0 without
    /// routers.</summary>
    public static double CoefficientOfVariation(IEnumerable<IReadOnlyList<long>> loads)
    {
        var perSite = loads.Select(load =>
        {
            var mean = load.Average();
            return mean == 0 ? 0 : Math.Sqrt(load.Average(rows => (rows - mean) * (rows - mean))) / mean;
        }).ToList();
        return perSite.Count == 0 ? 0 : perSite.Average();
    }

    /// <summary>Experts, over all sites, that got no row.</summary>
    public static int DeadExperts(IEnumerable<IReadOnlyList<long>> loads) => loads.Sum(load => load.Count(rows => rows == 0));
}
