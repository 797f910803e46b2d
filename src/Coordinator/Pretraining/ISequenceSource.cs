namespace MoR.Coordinator.Pretraining;

/// <summary>Where training sequences come from. Everything is a function of the seed and an index.</summary>
internal interface ISequenceSource
{
    /// <summary>What metrics call it.</summary>
    string Name { get; }

    /// <summary>Sequences until the first comes again; null if none ever does.</summary>
    long? TrainingSequences { get; }

    /// <summary>The sequence that is drawn at a position, from 0; at least two tokens.</summary>
    int[] Training(long index);

    /// <summary>
    /// Sequences to evaluate on, always the same first ones; fewer if there are not so many. Those of files are never trained
    /// on; those of corpora are draws of their own, which may give a document that was.
    /// </summary>
    IReadOnlyList<int[]> Validation(int most);
}
