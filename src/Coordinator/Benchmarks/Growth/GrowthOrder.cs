namespace MoR.Coordinator.Benchmarks.Growth;

/// <summary>With which power of a size something grows.</summary>
internal static class GrowthOrder
{
    /// <summary>
    /// The slope of the line with the least squares through (log size, log amount), over the larger half of the sizes: what
    /// does not grow weighs least there.
    /// </summary>
    /// <param name="sizes">At least three, ascending.</param>
    /// <param name="amounts">What each has, above zero.</param>
    public static double Of(IReadOnlyList<int> sizes, IReadOnlyList<double> amounts)
    {
        var points = sizes.Zip(amounts, (size, amount) => (X: Math.Log(size), Y: Math.Log(amount)))
            .Skip((sizes.Count - 1) / 2).ToArray();
        var (x, y) = (points.Average(point => point.X), points.Average(point => point.Y));
        return points.Sum(point => (point.X - x) * (point.Y - y)) / points.Sum(point => (point.X - x) * (point.X - x));
    }
}
