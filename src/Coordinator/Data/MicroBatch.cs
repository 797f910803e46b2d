using System.Collections.Immutable;

namespace MoR.Coordinator.Data;

/// <summary>Sequences that go through the backbone together, by their index among all training sequences.</summary>
/// <param name="Sequences">Indices of the sequences, the longest first.</param>
/// <param name="Length">Length of the longest, in tokens.</param>
public sealed record MicroBatch(ImmutableArray<int> Sequences, int Length);
