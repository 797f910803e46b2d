using MoR.Cluster.Random;
using MoR.Coordinator.Skills;

namespace MoR.Coordinator.Pretraining.Corpora;

/// <summary>Sentences of the little English, or of the toy language; a document has one of the two, and no translation.</summary>
public sealed class SentenceCorpus : ICorpus
{
    /// <inheritdoc/>
    public string Name => "sentences";

    /// <inheritdoc/>
    public string Document(CounterRandom random) => Lines.Of(ref random, 1, 4, random.NextBelow(2) == 0 ? English : Toy);

    private static string English(ref CounterRandom random) => random.NextSentence().English;

    private static string Toy(ref CounterRandom random) => random.NextSentence().Toy;
}
