using MoR.Engine;

namespace MoR.Coordinator.Training;

/// <summary>The micro-batches of one step.</summary>
/// <param name="MicroBatches">How many.</param>
/// <param name="Open">Makes the one at a position; called on the math executor.</param>
/// <param name="Tokens">Input tokens of them all.</param>
/// <param name="Targets">Supervised tokens of them all.</param>
public sealed record StepWork(int MicroBatches, Func<int, IMicroBatch> Open, long Tokens, long Targets);
