using System.Collections.Concurrent;
using MoR.Cluster.Links;
using MoR.Cluster.Transport;

namespace MoR.Cluster.Tests.Support;

/// <summary>A network in memory.</summary>
internal sealed class MemoryTransport(int room = 1 << 16) : ITransport
{
    private readonly ConcurrentDictionary<string, Listener> _listeners = new();
    private int _connections;
    private int _refused;

    /// <summary>Attempts to connect where nobody listened.</summary>
    public int Refused => _refused;

    public Task<Connection> ConnectAsync(string address, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        if (!_listeners.TryGetValue(address, out var listener))
        {
            Interlocked.Increment(ref _refused);
            throw new LinkException(address, "nobody listens");
        }

        var pair = new MemoryStreamPair(room);
        var peer = $"peer-{Interlocked.Increment(ref _connections)}";
        listener.Add(new IncomingConnection(
            peer, _ => Task.FromResult(new Connection(pair.Second, peer, IsProtected: false)), pair.Second.Dispose));
        return Task.FromResult(new Connection(pair.First, address, IsProtected: false));
    }

    public IListener Listen(string address) => _listeners[address] = new Listener(address, () => _listeners.TryRemove(address, out _));

    private sealed class Listener(string address, Action close) : IListener
    {
        private readonly Lock _lock = new();
        private readonly Queue<IncomingConnection> _waiting = new();
        private TaskCompletionSource? _came;

        public string Address => address;

        public void Add(IncomingConnection connection)
        {
            lock (_lock)
            {
                _waiting.Enqueue(connection);
                _came?.TrySetResult();
                _came = null;
            }
        }

        public async Task<IncomingConnection> AcceptAsync(CancellationToken cancel)
        {
            while (true)
            {
                TaskCompletionSource came;
                lock (_lock)
                {
                    if (_waiting.TryDequeue(out var connection))
                        return connection;
                    _came = came = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                }

                await using var registration = cancel.UnsafeRegister(_ => came.TrySetCanceled(cancel), null);
                await came.Task;
            }
        }

        public ValueTask DisposeAsync()
        {
            close();
            return ValueTask.CompletedTask;
        }
    }
}
