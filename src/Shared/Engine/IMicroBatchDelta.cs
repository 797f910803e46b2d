namespace MoR.Engine;

/// <summary>
/// What one micro-batch adds to its step: gradients, router state, counters and losses. Opaque to the engine, which only
/// keeps the order in which deltas are summed.
/// </summary>
public interface IMicroBatchDelta : IDisposable;
