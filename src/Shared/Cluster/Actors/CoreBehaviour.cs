namespace MoR.Cluster.Actors;

/// <summary>Runs a pure core: message in, effects out, each performed before the next.</summary>
/// <param name="core">Decides; disposed of with this if it can be.</param>
/// <param name="perform">Does what the core wants done.</param>
public sealed class CoreBehaviour<TMessage, TEffect>(ICore<TMessage, TEffect> core, Func<TEffect, ValueTask> perform)
    : IBehaviour<TMessage>
{
    /// <inheritdoc/>
    public async ValueTask ReceiveAsync(TMessage message)
    {
        foreach (var effect in core.Receive(message))
        {
            await perform(effect);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => (core as IDisposable)?.Dispose();
}
