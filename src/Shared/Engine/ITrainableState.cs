namespace MoR.Engine;

/// <summary>Everything a step changes: parameters, optimiser moments, router state and counters.</summary>
/// <typeparam name="TReport">What a committed step says of itself.</typeparam>
public interface ITrainableState<TReport>
{
    /// <summary>The last committed step; the version of every shard.</summary>
    long Version { get; }

    /// <summary>Adds one micro-batch's delta. Called in micro-batch order; takes ownership.</summary>
    void Accumulate(IMicroBatchDelta delta);

    /// <summary>
    /// Applies the accumulated deltas together and raises <see cref="Version"/>. A gradient that is not finite skips the
    /// step's effect, on the record. Must not fail half-way: the engine ends the process if it throws.
    /// </summary>
    TReport Commit(long step);

    /// <summary>Forgets what was accumulated, as if the step had never begun.</summary>
    void Discard();
}
