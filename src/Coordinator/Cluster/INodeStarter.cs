namespace MoR.Coordinator.Cluster;

/// <summary>Starts expert nodes on this machine.</summary>
public interface INodeStarter
{
    /// <summary>Starts a node.</summary>
    /// <param name="order">What it is to be.</param>
    /// <param name="line">Told each line that it writes.</param>
    /// <exception cref="MoR.Cluster.Errors.RunException">The system starts no process.</exception>
    ILocalNode Start(LocalNodeOrder order, Action<string> line);
}

/// <summary>A node that was started here. Disposing of it asks it to end, and kills it if it does not.</summary>
public interface ILocalNode : IAsyncDisposable
{
    /// <summary>Its process.</summary>
    int ProcessId { get; }

    /// <summary>Ends when it has ended, with its exit code.</summary>
    Task<int> EndedAsync { get; }

    /// <summary>Ends it at once, also if it hangs; nothing happens if it has ended.</summary>
    void Kill();
}
