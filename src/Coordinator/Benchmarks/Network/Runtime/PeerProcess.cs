using System.Diagnostics;
using System.Text.Json.Nodes;
using MoR.Coordinator.Benchmarks.Runtime;

namespace MoR.Coordinator.Benchmarks.Network.Runtime;

/// <summary>The other end of a measured connection: this program in a process of its own, as nodes are.</summary>
internal sealed class PeerProcess : IDisposable
{
    private readonly AnsweringProcess _process;

    private PeerProcess(AnsweringProcess process) => _process = process;

    /// <summary>Its number.</summary>
    public int Id => _process.Id;

    /// <summary>Starts one.</summary>
    public static PeerProcess Start()
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!);
        start.ArgumentList.Add(Environment.GetCommandLineArgs()[0]);
        start.ArgumentList.Add("bench");
        start.ArgumentList.Add("--peer");
        return new PeerProcess(AnsweringProcess.Start(start, "mor bench --peer"));
    }

    /// <summary>Has it play a role; ends when the role does.</summary>
    public Task<JsonObject> PlayAsync(PeerRole role, CancellationToken stop) => _process.AskAsync(role.ToJson(), stop);

    /// <summary>Ends it in the middle of a role.</summary>
    public void Kill() => _process.Kill();

    /// <inheritdoc/>
    public void Dispose() => _process.Dispose();
}
