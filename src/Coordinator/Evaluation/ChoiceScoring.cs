using MoR.Cluster.Errors;
using MoR.Coordinator.Configuration;

namespace MoR.Coordinator.Evaluation;

/// <summary>Picks the choice that a model finds most likely.</summary>
public static class ChoiceScoring
{
    /// <summary>Index of the choice with the highest score; the lowest index of equals.</summary>
    /// <param name="logProbabilities">Per choice the sum of its tokens' log-probabilities, in nats.</param>
    /// <param name="tokens">Per choice its number of tokens.</param>
    /// <param name="characters">Per choice its number of Unicode characters.</param>
    /// <param name="normalisation">What a sum is divided by: nothing, the tokens or the characters.</param>
    /// <exception cref="RunException">A log-probability is not a number.</exception>
    public static int Predict(
        ReadOnlySpan<double> logProbabilities,
        ReadOnlySpan<int> tokens,
        ReadOnlySpan<int> characters,
        RecipeLengthNormalisation normalisation)
    {
        int best = 0;
        double bestScore = double.NegativeInfinity;
        for (int choice = 0; choice < logProbabilities.Length; choice++)
        {
            double score = logProbabilities[choice] / normalisation switch
            {
                RecipeLengthNormalisation.None => 1,
                RecipeLengthNormalisation.Tokens => tokens[choice],
                RecipeLengthNormalisation.Characters => characters[choice],
                _ => throw new ArgumentOutOfRangeException(nameof(normalisation), normalisation, "Unknown."),
            };
            if (double.IsNaN(score))
            {
                throw new RunException(
                    "evaluation",
                    $"the log-probability of choice {choice + 1} of {logProbabilities.Length} is not a number",
                    "Evaluate an earlier checkpoint, and train again with a lower learning rate.");
            }

            if (score > bestScore)
            {
                (best, bestScore) = (choice, score);
            }
        }

        return best;
    }
}
