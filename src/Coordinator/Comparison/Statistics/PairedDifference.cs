namespace MoR.Coordinator.Comparison.Statistics;

/// <summary>
/// By how much one configuration is better than another over the seeds that both have, by Student's paired t test. Without
/// two seeds, or when all differences are equal, there is no spread to judge by: no interval and no p.
/// </summary>
/// <param name="Difference">Mean of the differences, and its standard error.</param>
/// <param name="HalfWidth">Half of the confidence interval; null without a spread.</param>
/// <param name="P">Probability of a mean this far from 0 if there is no difference, two-sided; null without a spread.</param>
/// <param name="Won">Seeds at which it is better.</param>
/// <param name="Tied">Seeds at which both are equal.</param>
public sealed record PairedDifference(SampleMean Difference, double? HalfWidth, double? P, int Won, int Tied)
{
    /// <summary>The confidence of the interval.</summary>
    public const double Confidence = 0.95;

    /// <summary>Differences below this are rounding, and count as a tie.</summary>
    private const double Rounding = 1e-12;

    /// <summary>Lower end of the interval.</summary>
    public double? Low => Difference.Mean - HalfWidth;

    /// <summary>Upper end of the interval.</summary>
    public double? High => Difference.Mean + HalfWidth;

    /// <summary>Whether the interval holds 0, so that the seeds do not tell the two apart; null without an interval.</summary>
    public bool? ContainsZero => HalfWidth is null ? null : Low <= 0 && High >= 0;

    /// <summary>Compares the values of one configuration with those of another, seed by seed.</summary>
    public static PairedDifference Of(IReadOnlyList<double> values, IReadOnlyList<double> reference)
    {
        if (values.Count != reference.Count)
        {
            throw new ArgumentException($"{values.Count} values are paired with {reference.Count}.", nameof(reference));
        }

        double[] differences = [.. values.Zip(reference, (value, other) => value - other)];
        var mean = SampleMean.Of(differences);
        var (halfWidth, p) = mean.StandardError is > 0 and var error
            ? ((double?)(StudentT.Quantile(Confidence, mean.Count - 1) * error),
                (double?)StudentT.TwoSidedP(mean.Mean / error, mean.Count - 1))
            : (null, null);
        return new PairedDifference(
            mean,
            halfWidth,
            p,
            differences.Count(difference => difference > Rounding),
            differences.Count(difference => Math.Abs(difference) <= Rounding));
    }
}
