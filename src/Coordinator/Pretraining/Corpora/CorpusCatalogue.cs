namespace MoR.Coordinator.Pretraining.Corpora;

/// <summary>The corpora that a recipe can name in <c>data.corpora</c>.</summary>
public static class CorpusCatalogue
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<ICorpus> All { get; } =
    [
        new CountingCorpus(),
        new AlphabetCorpus(),
        new NumberCorpus(),
        new CalendarCorpus(),
        new OperationCorpus(),
        new BracketCorpus(),
        new SentenceCorpus(),
        new BindingCorpus(),
        new FrequencyCorpus(),
    ];

    /// <summary>The corpus of a name that a recipe was allowed to give.</summary>
    public static ICorpus Of(string name) => All.First(corpus => corpus.Name == name);
}
