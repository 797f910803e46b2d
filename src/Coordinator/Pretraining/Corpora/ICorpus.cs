using MoR.Cluster.Random;

namespace MoR.Coordinator.Pretraining.Corpora;

/// <summary>A generated corpus: endless documents, each from random numbers of its own.</summary>
public interface ICorpus
{
    /// <summary>What recipes call it: lower-case letters, digits and dashes.</summary>
    string Name { get; }

    /// <summary>A document of at least one character. The same random numbers give the same document.</summary>
    string Document(CounterRandom random);
}
