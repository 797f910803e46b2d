using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using MoR.Cluster.Errors;

namespace MoR.Coordinator.Benchmarks.Runtime;

/// <summary>A process that answers lines of JSON, and is ended with this object.</summary>
internal sealed class AnsweringProcess : IDisposable
{
    private const int MostErrorCharacters = 2000;
    private readonly Process _process;
    private readonly string _name;
    private readonly StringBuilder _errors = new();
    private bool _isDisposed;

    private AnsweringProcess(Process process, string name)
    {
        (_process, _name) = (process, name);
        process.ErrorDataReceived += (_, line) =>
        {
            lock (_errors)
            {
                _errors.AppendLine(line.Data);
            }
        };
        process.BeginErrorReadLine();
    }

    /// <summary>Its number.</summary>
    public int Id => _process.Id;

    /// <summary>Starts it.</summary>
    /// <param name="start">How; its streams are redirected here.</param>
    /// <param name="name">What errors call it.</param>
    public static AnsweringProcess Start(ProcessStartInfo start, string name)
    {
        start.UseShellExecute = false;
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        return new AnsweringProcess(Process.Start(start)!, name);
    }

    /// <summary>Sends a request and waits for its answer.</summary>
    /// <exception cref="MorException">The process ended.</exception>
    public async Task<JsonObject> AskAsync(JsonObject request, CancellationToken stop)
    {
        try
        {
            await _process.StandardInput.WriteLineAsync(request.ToJsonString().AsMemory(), stop);
            await _process.StandardInput.FlushAsync(stop);
        }
        catch (IOException)
        {
            // It ended while others had their turn. Reading tells why.
        }

        return await ReadAsync(stop);
    }

    /// <summary>Waits for a line.</summary>
    /// <exception cref="MorException">The process ended.</exception>
    public async Task<JsonObject> ReadAsync(CancellationToken stop)
    {
        if (await _process.StandardOutput.ReadLineAsync(stop) is { } line)
        {
            return JsonNode.Parse(line)!.AsObject();
        }

        await _process.WaitForExitAsync(stop);
        string errors;
        lock (_errors)
        {
            errors = _errors.ToString().Trim();
        }

        var last = errors.Length > MostErrorCharacters ? errors[^MostErrorCharacters..] : errors;
        throw new RunException(
            _name, $"it ended with exit code {_process.ExitCode}{(last.Length > 0 ? ": " : "")}{last}", "Run it by hand to see more.");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    /// <summary>Ends it; whoever waits for an answer learns of it.</summary>
    public void Kill()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }
    }
}
