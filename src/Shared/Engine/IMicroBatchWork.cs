namespace MoR.Engine;

/// <summary>
/// A micro-batch before it is opened: a batch and its place in a step. What comes of it is a pure function of it and of the
/// parameters. Whoever trains it elsewhere knows its type; the engine only keeps the order.
/// </summary>
public interface IMicroBatchWork
{
    /// <summary>Takes the memory and begins; called on the math executor.</summary>
    IMicroBatch Open();
}
