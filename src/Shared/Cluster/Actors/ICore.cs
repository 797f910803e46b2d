namespace MoR.Cluster.Actors;

/// <summary>
/// The pure part of an actor: a state machine without clock, thread, socket or waiting. What it wants done it returns, and its
/// shell does it in that order.
/// </summary>
public interface ICore<in TMessage, out TEffect>
{
    /// <summary>Takes one message and says what follows from it.</summary>
    IReadOnlyList<TEffect> Receive(TMessage message);
}
