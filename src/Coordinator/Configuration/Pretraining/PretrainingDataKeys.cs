namespace MoR.Coordinator.Configuration.Pretraining;

/// <summary>What is trained on.</summary>
public sealed record PretrainingDataKeys
{
    /// <summary>Absolute paths of UTF-8 text files; together they are one source.</summary>
    public required ItemList<string> Files { get; init; }

    /// <summary>Names of generated corpora; each is a source.</summary>
    public required ItemList<string> Corpora { get; init; }

    /// <summary>Share of each source in the sequences: the files' first, if there are any, then each corpus's. Empty if all
    /// are equal.</summary>
    public required ItemList<double> Weights { get; init; }

    /// <summary>Longest sequence in tokens; files are cut into windows of it.</summary>
    public required int MaxTokens { get; init; }

    /// <summary>Share of the files' windows that is evaluated on and never trained on.</summary>
    public required double ValidationFraction { get; init; }

    /// <summary>Number of sources.</summary>
    public int Sources => (Files.Count > 0 ? 1 : 0) + Corpora.Count;
}
