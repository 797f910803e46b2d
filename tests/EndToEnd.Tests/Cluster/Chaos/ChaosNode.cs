using MoR.EndToEnd.Tests.Processes;

namespace MoR.EndToEnd.Tests.Cluster.Chaos;

/// <summary>A node that the test starts: a process, and the proxy that it connects through.</summary>
internal sealed class ChaosNode : IAsyncDisposable
{
    private readonly Func<MorProcess> _start;
    private readonly List<MorProcess> _before = [];

    public ChaosNode(string name, string role, ChaosProxy proxy, Func<MorProcess> start)
    {
        (Name, Role, Proxy, _start) = (name, role, proxy, start);
        Process = start();
    }

    public string Name { get; }

    public string Role { get; }

    public ChaosProxy Proxy { get; }

    public MorProcess Process { get; private set; }

    /// <summary>It was stopped for good, or asked to leave.</summary>
    public bool IsLost { get; set; }

    /// <summary>Whether it can be hit: it runs, and is to go on.</summary>
    public bool IsThere => !IsLost && !Process.IsOver;

    public void Restart()
    {
        Process.Kill();
        _before.Add(Process);
        Process = _start();
        IsLost = false;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _before.Append(Process))
        {
            await process.DisposeAsync();
        }

        await Proxy.DisposeAsync();
    }
}
