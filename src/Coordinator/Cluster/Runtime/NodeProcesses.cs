using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using MoR.Cluster.Errors;
using MoR.Coordinator.CommandLine;

namespace MoR.Coordinator.Cluster.Runtime;

/// <summary>
/// Nodes as processes of this program. Each reads a pipe that this process holds open, and ends when the pipe does: so none
/// outlives this process, however it ends.
/// </summary>
public sealed class NodeProcesses : INodeStarter
{
    /// <summary>The variable by which a node is told its incarnation.</summary>
    public const string IncarnationVariable = "MOR_NODE_INCARNATION";

    /// <inheritdoc/>
    public ILocalNode Start(LocalNodeOrder order, Action<string> line)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add(Environment.GetCommandLineArgs()[0]);
        foreach (var argument in (string[])
        [
            "expert", "--coordinator", order.Coordinator, "--name", order.Name, "--role", NodeRoles.Write(order.Roles),
            "--device", order.Device, "--threads", order.Threads.ToString(CultureInfo.InvariantCulture), "--until-eof",
            .. order.Access.TokenFile is { } file ? ["--token-file", file] : Array.Empty<string>(),
            .. order.Access.TlsFolder is { } tls ? ["--tls", tls] : Array.Empty<string>(),
        ])
        {
            start.ArgumentList.Add(argument);
        }

        if (order.MemoryBytes is { } memory)
        {
            start.ArgumentList.Add("--memory-gib");
            start.ArgumentList.Add((memory / (double)(1L << 30)).ToString(CultureInfo.InvariantCulture));
        }

        if (order.Access.Token is { } token)
        {
            start.Environment[JoinTokens.Variable] = token;
        }

        start.Environment[IncarnationVariable] = order.Incarnation.ToString(CultureInfo.InvariantCulture);
        try
        {
            return new LocalNode(Process.Start(start)!, line);
        }
        catch (Win32Exception cause)
        {
            throw new RunException(
                order.Name, $"{start.FileName} cannot be started ({cause.Message})",
                "See the limits of processes and memory (ulimit -a), or give fewer --nodes.", cause);
        }
    }

    private sealed class LocalNode : ILocalNode
    {
        /// <summary>A node that is not stopped ends within milliseconds of its pipe.</summary>
        private static readonly TimeSpan patience = TimeSpan.FromSeconds(2);
        private readonly Process _process;
        private readonly Task _reading;

        public LocalNode(Process process, Action<string> line)
        {
            _process = process;
            _reading = Task.WhenAll(ReadAsync(process.StandardError, line), ReadAsync(process.StandardOutput, line));
            EndedAsync = WaitAsync();
        }

        public int ProcessId => _process.Id;

        public Task<int> EndedAsync { get; }

        public void Kill()
        {
            try
            {
                _process.Kill();
            }
            catch (InvalidOperationException)
            {
                // It has ended.
            }
        }

        /// <summary>Its pipe is closed, which it ends by; if it does not, it is killed.</summary>
        public async ValueTask DisposeAsync()
        {
            try
            {
                _process.StandardInput.Close();
            }
            catch (IOException)
            {
                // It has ended.
            }

            try
            {
                await EndedAsync.WaitAsync(patience);
            }
            catch (TimeoutException)
            {
                Kill();
                await EndedAsync;
            }

            await _reading;
            _process.Dispose();
        }

        private async Task<int> WaitAsync()
        {
            await _process.WaitForExitAsync();
            return _process.ExitCode;
        }

        private static async Task ReadAsync(StreamReader reader, Action<string> line)
        {
            while (await reader.ReadLineAsync() is { } text)
            {
                line(text);
            }
        }
    }
}
