using MoR.Model.Backbone;

namespace MoR.Coordinator.Configuration.Pretraining;

/// <summary>The architecture that is trained: a Llama.</summary>
public sealed record PretrainingModel
{
    public required int HiddenSize { get; init; }

    public required int IntermediateSize { get; init; }

    public required int Layers { get; init; }

    public required int Heads { get; init; }

    /// <summary>Key and value heads; divides <see cref="Heads"/>.</summary>
    public required int KeyValueHeads { get; init; }

    /// <summary>Width of a head; even.</summary>
    public required int HeadSize { get; init; }

    public required int MaxPositions { get; init; }

    public required double RopeTheta { get; init; }

    public required double NormEpsilon { get; init; }

    public required bool TiedEmbeddings { get; init; }

    /// <summary>Standard deviation of the initial values.</summary>
    public required double InitialDeviation { get; init; }

    /// <summary>The architecture with a vocabulary.</summary>
    public LlamaConfig ToConfig(int vocabularySize, int endOfText) => new()
    {
        HiddenSize = HiddenSize,
        IntermediateSize = IntermediateSize,
        Layers = Layers,
        Heads = Heads,
        KeyValueHeads = KeyValueHeads,
        HeadSize = HeadSize,
        VocabularySize = vocabularySize,
        MaxPositions = MaxPositions,
        NormEpsilon = NormEpsilon,
        RopeTheta = RopeTheta,
        TiedEmbeddings = TiedEmbeddings,
        EndOfText = [endOfText],
    };
}
