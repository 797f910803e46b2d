using MoR.Cluster.Random;
using MoR.Coordinator.Skills;

namespace MoR.Coordinator.Pretraining.Corpora;

/// <summary>Words over three letters, some much likelier than others through a document: <c>jjhjjjhj</c>.</summary>
public sealed class FrequencyCorpus : ICorpus
{
    private const double LeastWeight = 0.05;

    /// <inheritdoc/>
    public string Name => "frequencies";

    /// <inheritdoc/>
    public string Document(CounterRandom random)
    {
        var letters = random.NextDistinctLetters(3);
        var weights = new double[letters.Length];
        for (var i = 0; i < weights.Length; i++)
        {
            weights[i] = Math.Pow(random.NextDouble(), 2) + LeastWeight;
        }

        return Lines.Of(ref random, 1, 4, Word);

        string Word(ref CounterRandom source)
        {
            var word = new char[source.NextFrom(6, 14)];
            for (var i = 0; i < word.Length; i++)
            {
                var drawn = source.NextDouble() * weights.Sum();
                word[i] = drawn < weights[0] ? letters[0] : drawn < weights[0] + weights[1] ? letters[1] : letters[2];
            }

            return new string(word);
        }
    }
}
