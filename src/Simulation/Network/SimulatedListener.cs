using MoR.Cluster.Transport;
using MoR.Simulation.Scheduling;

namespace MoR.Simulation.Network;

/// <summary>A listening process; its kernel takes connections also while it stands still.</summary>
internal sealed class SimulatedListener(string address, SimulatedProcess owner, Action<SimulatedListener> close) : IListener
{
    private readonly Queue<SimulatedConnection> _waiting = new();
    private TaskCompletionSource? _came;

    /// <summary>The process that listens.</summary>
    public SimulatedProcess Owner => owner;

    /// <inheritdoc/>
    public string Address => address;

    /// <summary>A connection came.</summary>
    public void Add(SimulatedConnection connection)
    {
        _waiting.Enqueue(connection);
        _came?.TrySetResult();
        _came = null;
    }

    /// <inheritdoc/>
    public async Task<IncomingConnection> AcceptAsync(CancellationToken cancel)
    {
        while (true)
        {
            cancel.ThrowIfCancellationRequested();
            if (_waiting.TryDequeue(out var connection))
            {
                var (stream, peer) = (connection.ListenerEnd, $"{connection.Opener.Host}:{40_000 + connection.Number}");
                return new IncomingConnection(
                    peer, _ => Task.FromResult(new Connection(stream, peer, IsProtected: false)), stream.Dispose);
            }

            var came = _came = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await using var registration = cancel.UnsafeRegister(_ => came.TrySetCanceled(cancel), null);
            await came.Task;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        close(this);
        while (_waiting.TryDequeue(out var connection))
        {
            connection.ListenerEnd.Dispose();
        }

        return ValueTask.CompletedTask;
    }
}
