using MoR.Cluster.Links;
using MoR.Cluster.Transport;
using MoR.Simulation.Scheduling;

namespace MoR.Simulation.Network;

/// <summary>The network as one process sees it.</summary>
internal sealed class SimulatedTransport(SimulatedNetwork network, SimulatedProcess process) : ITransport
{
    private static readonly long _retransmission = TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public async Task<Connection> ConnectAsync(string address, CancellationToken cancel)
    {
        var opened = new TaskCompletionSource<SimulatedConnection>(TaskCreationOptions.RunContinuationsAsynchronously);
        Knock(address, opened);
        await using var registration = cancel.UnsafeRegister(_ => opened.TrySetCanceled(cancel), null);
        try
        {
            var connection = await opened.Task;
            return new Connection(connection.OpenerEnd, address, IsProtected: false);
        }
        catch (OperationCanceledException cause)
        {
            throw new LinkException(address, "did not take the connection in time", cause);
        }
    }

    /// <inheritdoc/>
    public IListener Listen(string address) => network.Listen(address, process);

    /// <summary>The first packet travels, again each second while the way is blocked or the other machine is off.</summary>
    private void Knock(string address, TaskCompletionSource<SimulatedConnection> opened)
    {
        var listener = network.Find(address);
        var to = listener?.Owner.Host ?? Worlds.World.CoordinatorHost;
        network.At(network.Now + network.Latency(process.Host, to), () =>
        {
            if (opened.Task.IsCompleted || !process.IsAlive)
            {
                return;
            }

            if (network.BlockedUntil(process.Host, to) > network.Now || network.IsSilent(to))
            {
                network.At(network.Now + _retransmission, () => Knock(address, opened));
                return;
            }

            var found = network.Find(address);
            var connection = found is null ? null : network.Connect(process, found);
            if (connection is not null)
            {
                found!.Add(connection);
            }

            Answer(to, opened, connection, address);
        });
    }

    private void Answer(
        string from, TaskCompletionSource<SimulatedConnection> opened, SimulatedConnection? connection, string address) =>
        network.At(
            Math.Max(network.Now + network.Latency(from, process.Host), network.BlockedUntil(from, process.Host)),
            () =>
            {
                var isTaken = connection is null
                    ? opened.TrySetException(new LinkException(address, "cannot be connected to (Connection refused)"))
                    : opened.TrySetResult(connection);
                if (!isTaken || !process.IsAlive)
                {
                    connection?.OpenerEnd.Dispose();
                }
            });
}
