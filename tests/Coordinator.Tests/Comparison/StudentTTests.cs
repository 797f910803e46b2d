using MoR.Coordinator.Comparison.Statistics;

namespace MoR.Coordinator.Tests.Comparison;

public sealed class StudentTTests
{
    /// <summary>From the tables of any textbook: two-sided, three decimals.</summary>
    [Theory]
    [InlineData(0.95, 1, 12.706)]
    [InlineData(0.95, 2, 4.303)]
    [InlineData(0.95, 3, 3.182)]
    [InlineData(0.95, 4, 2.776)]
    [InlineData(0.95, 5, 2.571)]
    [InlineData(0.95, 6, 2.447)]
    [InlineData(0.95, 9, 2.262)]
    [InlineData(0.95, 10, 2.228)]
    [InlineData(0.95, 19, 2.093)]
    [InlineData(0.95, 30, 2.042)]
    [InlineData(0.95, 60, 2.000)]
    [InlineData(0.95, 120, 1.980)]
    [InlineData(0.90, 4, 2.132)]
    [InlineData(0.99, 1, 63.657)]
    [InlineData(0.99, 4, 4.604)]
    [InlineData(0.99, 9, 3.250)]
    [InlineData(0.999, 2, 31.599)]
    public void Quantiles_are_those_of_published_tables(double probability, int degrees, double expected) =>
        Assert.Equal(expected, StudentT.Quantile(probability, degrees), 5e-4);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(7)]
    [InlineData(28)]
    [InlineData(99)]
    public void Probabilities_are_integrals_of_the_density(int degrees)
    {
        foreach (var t in (double[])[0.1, 0.7, 1, 2.5, 6])
        {
            Assert.Equal(Integral(t, degrees), StudentT.Within(t, degrees), 1e-9);
            Assert.Equal(1 - Integral(t, degrees), StudentT.TwoSidedP(-t, degrees), 1e-9);
        }

        Assert.Equal(0, StudentT.Within(0, degrees));
    }

    [Fact]
    public void A_quantile_has_its_probability()
    {
        for (var degrees = 1; degrees < 40; degrees++)
        {
            Assert.Equal(0.95, StudentT.Within(StudentT.Quantile(0.95, degrees), degrees), 1e-12);
        }
    }

    /// <summary>Simpson's rule over the density, normalised by the same rule over the whole line.</summary>
    private static double Integral(double t, int degrees)
    {
        // With x = tan θ √ν the density is cos^(ν−1) θ, up to a constant.
        return Simpson(Math.Atan(t / Math.Sqrt(degrees))) / Simpson(Math.PI / 2);

        double Simpson(double end)
        {
            const int Pieces = 20_000;
            var step = end / Pieces;
            var sum = 0.0;
            for (var i = 0; i <= Pieces; i++)
            {
                var weight = i is 0 or Pieces ? 1 : i % 2 == 1 ? 4 : 2;
                sum += weight * Math.Pow(Math.Cos(i * step), degrees - 1);
            }

            return sum * step / 3;
        }
    }
}
