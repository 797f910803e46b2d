namespace MoR.Coordinator.Comparison.Statistics;

/// <summary>A mean over independent values.</summary>
/// <param name="Count">Number of values n, from 1.</param>
/// <param name="Mean">Their mean.</param>
/// <param name="StandardError">sd / √n, with sd² = Σ (x − mean)² / (n − 1); null for a single value.</param>
public sealed record SampleMean(int Count, double Mean, double? StandardError)
{
    /// <summary>Deviations below this are rounding: scores are fractions of at most some thousand items.</summary>
    private const double Rounding = 1e-12;

    /// <summary>The mean of some values, summed in their order.</summary>
    public static SampleMean Of(IReadOnlyList<double> values)
    {
        var mean = values.Average();
        if (values.Count == 1)
        {
            return new SampleMean(1, mean, null);
        }

        var deviation = Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Count - 1));
        return new SampleMean(
            values.Count, mean, deviation < Rounding ? 0 : deviation / Math.Sqrt(values.Count));
    }
}
