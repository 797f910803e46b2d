using MoR.Coordinator.Comparison.Statistics;

namespace MoR.Coordinator.Tests.Comparison;

public sealed class PairedDifferenceTests
{
    [Fact]
    public void A_standard_error_is_the_deviation_with_n_minus_1_over_the_root_of_n()
    {
        // Deviations from 5 are −3, −1, −1, −1, 0, 0, 2, 4: their squares add up to 32.
        var mean = SampleMean.Of([2, 4, 4, 4, 5, 5, 7, 9]);

        Assert.Equal((8, 5.0), (mean.Count, mean.Mean));
        Assert.Equal(Math.Sqrt(32.0 / 7) / Math.Sqrt(8), mean.StandardError!.Value, 1e-15);
    }

    [Fact]
    public void One_value_has_no_standard_error_and_equal_values_have_none_to_speak_of()
    {
        Assert.Null(SampleMean.Of([0.3]).StandardError);
        Assert.Equal(0, SampleMean.Of([0.1 + 0.2, 0.3, 0.3]).StandardError);
    }

    [Fact]
    public void Five_seeds_have_an_interval_of_2776_thousandths_of_standard_errors()
    {
        // The differences are 0.01, 0.02, 0.03, 0.04, 0.05: mean 0.03, sd √0.00025, SE √0.00005.
        var difference = PairedDifference.Of([0.61, 0.72, 0.53, 0.84, 0.75], [0.60, 0.70, 0.50, 0.80, 0.70]);

        var error = Math.Sqrt(0.00005);
        Assert.Equal(0.03, difference.Difference.Mean, 1e-12);
        Assert.Equal(error, difference.Difference.StandardError!.Value, 1e-12);
        Assert.Equal(2.776445 * error, difference.HalfWidth!.Value, 1e-8);
        Assert.Equal(0.03 - (2.776445 * error), difference.Low!.Value, 1e-8);
        Assert.False(difference.ContainsZero);
        Assert.Equal((5, 0), (difference.Won, difference.Tied));

        // t = 0.03 / √0.00005 = 4.2426 with 4 degrees of freedom.
        Assert.Equal(0.0132, difference.P!.Value, 1e-4);
    }

    [Fact]
    public void An_interval_around_zero_says_so()
    {
        var difference = PairedDifference.Of([0.6, 0.5, 0.7], [0.5, 0.6, 0.7]);

        Assert.True(difference.ContainsZero);
        Assert.Equal(0, difference.Difference.Mean, 1e-15);
        Assert.Equal(1, difference.P!.Value, 1e-9);
        Assert.Equal((1, 1), (difference.Won, difference.Tied));
    }

    [Theory]
    [InlineData(new[] { 0.6 }, new[] { 0.5 })]
    [InlineData(new[] { 0.8, 0.7 }, new[] { 0.75, 0.65 })]
    [InlineData(new[] { 0.8, 0.7 }, new[] { 0.8, 0.7 })]
    public void Without_a_spread_nothing_is_claimed(double[] values, double[] reference)
    {
        var difference = PairedDifference.Of(values, reference);

        Assert.Null(difference.HalfWidth);
        Assert.Null(difference.P);
        Assert.Null(difference.ContainsZero);
    }

    [Fact]
    public void Holms_correction_multiplies_the_smallest_by_all_the_next_by_one_less()
    {
        // In order 0.01, 0.02, 0.03, 0.04: 4 · 0.01 = 0.04, 3 · 0.02 = 0.06, 2 · 0.03 = 0.06, 1 · 0.04 is below the last.
        var adjusted = HolmCorrection.Adjust([0.04, 0.01, 0.03, 0.02]);

        Assert.Equal([0.06, 0.04, 0.06, 0.06], adjusted.Select(p => Math.Round(p!.Value, 12)));
    }

    [Fact]
    public void Holms_correction_counts_tests_without_p_and_ends_at_1()
    {
        Assert.Equal([0.03, null, 1.0], HolmCorrection.Adjust([0.01, null, 0.9]));
        Assert.Empty(HolmCorrection.Adjust([]));
    }
}
