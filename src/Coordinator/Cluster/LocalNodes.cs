using MoR.Cluster.Actors;
using MoR.Cluster.Membership;

namespace MoR.Coordinator.Cluster;

/// <summary>The nodes of a run on this machine, and their supervision.</summary>
/// <param name="limit">How often each is started again.</param>
/// <param name="time">The clock.</param>
/// <param name="note">Tells the user.</param>
internal sealed class LocalNodes(RestartLimit limit, TimeProvider time, Action<string> note) : IAsyncDisposable
{
    private readonly CancellationTokenSource _ending = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource<string> _gaveUp = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();
    private readonly List<SupervisedNode> _nodes = [];
    private readonly List<Task> _running = [];
    private bool _isDisposed;

    /// <summary>The usual limit: a node that cannot run uses it up within seconds, one that dies now and then never does.</summary>
    public static RestartLimit UsualLimit { get; } = new(5, TimeSpan.FromSeconds(60));

    /// <summary>How many there are.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _nodes.Count;
            }
        }
    }

    /// <summary>Ends when a node is given up, with why.</summary>
    public Task<string> GaveUpAsync => _gaveUp.Task;

    /// <summary>Starts a node and keeps it running.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="start">Starts a process under a new incarnation.</param>
    public void Add(string name, Func<(ILocalNode Process, ulong Incarnation)> start)
    {
        var node = new SupervisedNode(name, start, limit, time, note);
        lock (_lock)
        {
            _nodes.Add(node);
        }

        _running.Add(KeepAsync(node));
    }

    /// <summary>A node's link was lost; it may be of another machine. May be called on any thread, also while nodes are still started.
    /// </summary>
    public void LinkLost(Node node)
    {
        SupervisedNode[] nodes;
        lock (_lock)
        {
            nodes = [.. _nodes];
        }

        foreach (var supervised in nodes)
        {
            supervised.LinkLost(node.Incarnation);
        }
    }

    /// <summary>The run is over: who ends is not started again.</summary>
    public void End() => _ending.Cancel();

    /// <summary>Ends all of them.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        End();
        Stop();
        await Task.WhenAll(_running);
        _stop.Dispose();
        _ending.Dispose();
    }

    private void Stop() => _stop.Cancel();

    private async Task KeepAsync(SupervisedNode node)
    {
        if (await node.RunAsync(_ending.Token, _stop.Token) is { } reason)
        {
            note($"{reason}; it is not started again");
            _gaveUp.TrySetResult(reason);
        }
    }
}
