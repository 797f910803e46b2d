using MoR.Coordinator.Evaluation;

namespace MoR.Coordinator.Tests.Evaluation;

public sealed class ExactMatchTests
{
    [Theory]
    [InlineData("  The Answer\n", "answer")]
    [InlineData("the correct answer is answer2.", "Correct answer is answer2")]
    [InlineData("Caf\u00e9!", "caf\u00c9")]
    [InlineData("$ 12", "12")]
    [InlineData("well-known", "wellknown")]
    [InlineData("+", " + ")]
    [InlineData("", "")]
    public void Equal_answers_match(string predicted, string reference)
    {
        Assert.True(ExactMatch.Matches(predicted, reference), ExactMatch.Normalise(predicted));
        Assert.Equal(ExactMatch.KeyOf(reference), ExactMatch.KeyOf(predicted));
    }

    [Theory]
    [InlineData("3.5", "35")]
    [InlineData("-1", "1")]
    [InlineData("1/2", "12")]
    [InlineData("answer2", "answer3")]
    [InlineData("+", "-")]
    [InlineData("another", "other")]
    [InlineData("", "yes")]
    public void Different_answers_do_not(string predicted, string reference)
    {
        Assert.False(ExactMatch.Matches(predicted, reference), ExactMatch.Normalise(predicted));
    }
}
