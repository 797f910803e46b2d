using MoR.Cluster.Random;
using MoR.Cluster.Transport;
using MoR.Simulation.Scheduling;

namespace MoR.Simulation.Network;

/// <summary>The world's network: paths between machines, listeners, connections, and what is wrong with them.</summary>
internal sealed class SimulatedNetwork
{
    private readonly Scheduler _scheduler;
    private readonly Trace _trace;
    private readonly SortedDictionary<(string From, string To), NetworkPath> _paths = [];
    private readonly SortedDictionary<string, SimulatedListener> _listeners = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _silent = new(StringComparer.Ordinal);
    private readonly List<SimulatedConnection> _connections = [];
    private readonly Func<(string From, string To), NetworkPath> _newPath;
    private CounterRandom _random;
    private int _number;

    /// <param name="scheduler">The world's thread.</param>
    /// <param name="seed">Decides jitter.</param>
    /// <param name="trace">Told what arrives.</param>
    /// <param name="newPath">Makes the path between two machines.</param>
    public SimulatedNetwork(
        Scheduler scheduler, ulong seed, Trace trace, Func<(string From, string To), NetworkPath> newPath)
    {
        (_scheduler, _trace, _newPath) = (scheduler, trace, newPath);
        _random = new CounterRandom(seed, Streams.Network);
    }

    /// <summary>The world's time, in ticks.</summary>
    public long Now => _scheduler.Now;

    /// <summary>Connections whose ends are both there.</summary>
    public IReadOnlyList<SimulatedConnection> Open => _connections;

    /// <summary>What the first connection said to its listener, for who plays it again.</summary>
    public List<byte> Recorded { get; } = [];

    /// <summary>Addresses that lead elsewhere for now.</summary>
    public SortedDictionary<string, string> Detours { get; } = new(StringComparer.Ordinal);

    /// <summary>The path from one machine to another.</summary>
    public NetworkPath Path(string from, string to)
    {
        if (!_paths.TryGetValue((from, to), out var path))
        {
            _paths[(from, to)] = path = _newPath((from, to));
        }

        return path;
    }

    /// <summary>The network as a process sees it.</summary>
    public ITransport Transport(SimulatedProcess process) => new SimulatedTransport(this, process);

    /// <summary>A machine is off, or on again.</summary>
    public void SetSilent(string host, bool isSilent)
    {
        if (isSilent)
        {
            _silent.Add(host);
        }
        else
        {
            _silent.Remove(host);
        }
    }

    /// <summary>Whether a machine is off.</summary>
    public bool IsSilent(string host) => _silent.Contains(host);

    /// <summary>A process died; its connections and listeners are no more.</summary>
    public void Died(SimulatedProcess process, bool isSilent)
    {
        foreach (var address in _listeners.Where(entry => entry.Value.Owner == process).Select(entry => entry.Key).ToList())
        {
            _listeners.Remove(address);
        }

        foreach (var connection in _connections.Where(one => one.Opener == process || one.Listener == process).ToList())
        {
            connection.Died(process, isSilent);
        }

        Tidy();
    }

    internal void At(long time, Action what) => _scheduler.At(time, what);

    internal long TimeOnWire(string from, string to, int bytes) =>
        (long)(bytes / Path(from, to).BytesPerSecond * TimeSpan.TicksPerSecond);

    internal long Latency(string from, string to)
    {
        var path = Path(from, to);
        var latency = path.Latency + (path.Jitter > 0 ? _random.NextBelow((int)path.Jitter) : 0);
        if (path.Late > 0)
        {
            path.Late--;
            latency += path.Delay;
        }

        return latency;
    }

    internal long BlockedUntil(string from, string to) => Path(from, to).BlockedUntil;

    internal void Arrived(SimulatedConnection connection, string from, string to, byte[]? bytes)
    {
        if (bytes is { Length: > 0 } && Path(from, to) is { FlipsBit: true } path)
        {
            path.FlipsBit = false;
            bytes[_random.NextBelow(bytes.Length)] ^= (byte)(1 << _random.NextBelow(8));
        }

        if (connection.Number == 1 && bytes is not null && from == connection.Opener.Host)
        {
            Recorded.AddRange(bytes);
        }

        _trace.Arrived(_scheduler.Now, connection.Number, from, to, bytes);
    }

    internal IListener Listen(string address, SimulatedProcess process)
    {
        if (_listeners.ContainsKey(address))
        {
            throw new Cluster.Errors.InputException(
                $"address '{address}'", "cannot be listened on (address in use)", "Give a free port.");
        }

        return _listeners[address] = new SimulatedListener(address, process, listener =>
        {
            if (_listeners.GetValueOrDefault(address) == listener)
            {
                _listeners.Remove(address);
            }
        });
    }

    /// <summary>Who listens at an address now.</summary>
    internal SimulatedListener? Find(string address) => _listeners.GetValueOrDefault(Detours.GetValueOrDefault(address, address));

    internal SimulatedConnection Connect(SimulatedProcess opener, SimulatedListener listener)
    {
        Tidy();
        var connection = new SimulatedConnection(this, ++_number, opener, listener.Owner);
        _connections.Add(connection);
        _trace.Event(_scheduler.Now, "connect", opener.Name, connection.Number);
        return connection;
    }

    private void Tidy() => _connections.RemoveAll(connection => !connection.IsOpen);
}
