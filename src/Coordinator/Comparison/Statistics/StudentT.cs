namespace MoR.Coordinator.Comparison.Statistics;

/// <summary>
/// Student's t distribution with a whole number of degrees of freedom, from the finite series of Abramowitz and Stegun,
/// Handbook of Mathematical Functions, 26.7.3 and 26.7.4: exact, and correct to about 1e-15.
/// </summary>
public static class StudentT
{
    /// <summary>Halvings that leave no bit of a quantile open.</summary>
    private const int Halvings = 200;

    /// <summary>The probability that |t| is at most <paramref name="t"/>.</summary>
    /// <param name="t">From 0.</param>
    /// <param name="degrees">Degrees of freedom, from 1.</param>
    public static double Within(double t, int degrees)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(t);
        ArgumentOutOfRangeException.ThrowIfLessThan(degrees, 1);
        var angle = Math.Atan2(t, Math.Sqrt(degrees));
        var (sine, cosine) = Math.SinCos(angle);
        var isOdd = degrees % 2 == 1;

        // Odd: 2/π (θ + sin θ (cos θ + 2/3 cos³ θ + 2·4/(3·5) cos⁵ θ + …)). Even: sin θ (1 + 1/2 cos² θ + …).
        var (term, sum) = isOdd ? (cosine, degrees == 1 ? 0 : cosine) : (1.0, 1.0);
        for (var power = isOdd ? 3 : 2; power <= degrees - 2; power += 2)
        {
            term *= cosine * cosine * (power - 1) / power;
            sum += term;
        }

        return isOdd ? 2 / Math.PI * (angle + (sine * sum)) : sine * sum;
    }

    /// <summary>The probability of a |t| at least as large, if there is no difference.</summary>
    public static double TwoSidedP(double t, int degrees) => Math.Max(0, 1 - Within(Math.Abs(t), degrees));

    /// <summary>The t within which |t| lies with some probability, 2.776 for 0.95 and 4 degrees of freedom.</summary>
    /// <param name="probability">Above 0 and below 1.</param>
    /// <param name="degrees">Degrees of freedom, from 1.</param>
    public static double Quantile(double probability, int degrees)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(probability, 0);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(probability, 1);
        var (low, high) = (0.0, 1.0);
        while (Within(high, degrees) < probability)
        {
            (low, high) = (high, high * 2);
        }

        for (var i = 0; i < Halvings; i++)
        {
            var middle = low + ((high - low) / 2);
            (low, high) = Within(middle, degrees) < probability ? (middle, high) : (low, middle);
        }

        return high;
    }
}
