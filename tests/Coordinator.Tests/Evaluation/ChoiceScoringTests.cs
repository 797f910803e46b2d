using MoR.Cluster.Errors;
using MoR.Coordinator.Configuration;
using MoR.Coordinator.Evaluation;

namespace MoR.Coordinator.Tests.Evaluation;

public sealed class ChoiceScoringTests
{
    // Sums -6, -8, -9; per token -6, -2, -3; per character -2, -2, -1.
    private static readonly double[] LogProbabilities = [-6, -8, -9];
    private static readonly int[] Tokens = [1, 4, 3];
    private static readonly int[] Characters = [3, 4, 9];

    [Theory]
    [InlineData(RecipeLengthNormalisation.None, 0)]
    [InlineData(RecipeLengthNormalisation.Tokens, 1)]
    [InlineData(RecipeLengthNormalisation.Characters, 2)]
    public void The_normalisation_decides_what_is_compared(RecipeLengthNormalisation normalisation, int expected)
    {
        Assert.Equal(expected, ChoiceScoring.Predict(LogProbabilities, Tokens, Characters, normalisation));
    }

    [Fact]
    public void Of_equals_the_lowest_index_wins()
    {
        Assert.Equal(1, ChoiceScoring.Predict([-3, -2, -2], [1, 1, 1], [1, 1, 1], RecipeLengthNormalisation.None));
        Assert.Equal(
            0,
            ChoiceScoring.Predict(
                [double.NegativeInfinity, double.NegativeInfinity], [1, 1], [1, 1], RecipeLengthNormalisation.None));
    }

    [Fact]
    public void A_likelihood_that_is_not_a_number_is_an_error()
    {
        RunException error = Assert.Throws<RunException>(
            () => ChoiceScoring.Predict([-1, double.NaN], [1, 1], [1, 1], RecipeLengthNormalisation.None));

        Assert.Contains("choice 2 of 2", error.Message, StringComparison.Ordinal);
    }
}
