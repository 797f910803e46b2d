using MoR.Cluster.Transport;

namespace MoR.Coordinator.Benchmarks.Network;

/// <summary>A network whose streams have something around them.</summary>
/// <param name="inner">The network.</param>
/// <param name="around">Puts something around a stream.</param>
internal sealed class ObservedTransport(ITransport inner, Func<Stream, Stream> around) : ITransport
{
    /// <inheritdoc/>
    public async Task<Connection> ConnectAsync(string address, CancellationToken cancel) =>
        Around(await inner.ConnectAsync(address, cancel));

    /// <inheritdoc/>
    public IListener Listen(string address) => new Listener(inner.Listen(address), Around);

    private Connection Around(Connection connection) => connection with { Stream = around(connection.Stream) };

    private sealed class Listener(IListener inner, Func<Connection, Connection> around) : IListener
    {
        public string Address => inner.Address;

        public async Task<IncomingConnection> AcceptAsync(CancellationToken cancel)
        {
            var incoming = await inner.AcceptAsync(cancel);
            return incoming with { OpenAsync = async opening => around(await incoming.OpenAsync(opening)) };
        }

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
