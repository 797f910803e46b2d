namespace MoR.Cluster.Actors;

/// <summary>
/// What an actor does with a message, one at a time. When it throws, it is disposed of and another one is built: what must
/// outlive that belongs to whoever builds.
/// </summary>
public interface IBehaviour<in TMessage> : IDisposable
{
    /// <summary>Handles a message; the next one comes when this has ended.</summary>
    ValueTask ReceiveAsync(TMessage message);
}
