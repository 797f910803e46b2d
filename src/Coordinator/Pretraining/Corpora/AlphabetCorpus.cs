using MoR.Cluster.Random;
using MoR.Coordinator.Skills;

namespace MoR.Coordinator.Pretraining.Corpora;

/// <summary>Pieces of the alphabet, mostly forwards: <c>efghij</c>, <c>v w x y z a</c>.</summary>
public sealed class AlphabetCorpus : ICorpus
{
    /// <inheritdoc/>
    public string Name => "alphabet";

    /// <inheritdoc/>
    public string Document(CounterRandom random) => Lines.Of(ref random, 2, 6, Run);

    private static string Run(ref CounterRandom random)
    {
        var (first, step) = (random.NextLetter(), random.NextBelow(3) == 0 ? -1 : 1);
        var separator = random.NextBelow(2) == 0 ? "" : " ";
        return string.Join(
            separator, Enumerable.Range(0, random.NextFrom(3, 9)).Select(i => Alphabet.After(first, i * step)));
    }
}
