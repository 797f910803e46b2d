using MoR.Cluster.Random;
using MoR.Coordinator.Data;
using MoR.Coordinator.Pretraining.Corpora;
using MoR.Model.Parameters;

namespace MoR.Coordinator.Pretraining;

/// <summary>A corpus as sequences: each document with its end of text, cut to the longest length.</summary>
internal sealed class DocumentSource(ICorpus corpus, ITextEncoder text, int maxTokens, ulong seed) : ISequenceSource
{
    private const ulong TrainingStream = 0x70726574726E646F; // "pretrndo", followed by the corpus's name and the document
    private const ulong ValidationStream = 0x70726574766C646F; // "pretvldo"

    /// <inheritdoc/>
    public string Name => corpus.Name;

    /// <inheritdoc/>
    public long? TrainingSequences => null;

    /// <inheritdoc/>
    public int[] Training(long index) => Encode(TrainingStream, index);

    /// <inheritdoc/>
    public IReadOnlyList<int[]> Validation(int most) =>
        [.. Enumerable.Range(0, most).Select(index => Encode(ValidationStream, index))];

    private int[] Encode(ulong stream, long index)
    {
        var document = corpus.Document(new CounterRandom(seed, stream, NameHash.Of(corpus.Name), (ulong)index));
        var tokens = TextSequences.WithEnd(text, document);
        return tokens.Length >= 2
            ? tokens[..Math.Min(tokens.Length, maxTokens)]
            : throw new InvalidOperationException($"corpus {corpus.Name} made document {index} empty");
    }
}
