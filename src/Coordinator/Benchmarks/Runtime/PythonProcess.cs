using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using MoR.Cluster.Errors;
using MoR.Torch;

namespace MoR.Coordinator.Benchmarks.Runtime;

/// <summary>A Python script that answers lines of JSON, and is ended with this object.</summary>
internal sealed class PythonProcess : IDisposable
{
    private const int MostErrorCharacters = 2000;
    private readonly Process _process;
    private readonly string _script;
    private readonly StringBuilder _errors = new();

    private PythonProcess(Process process, string script)
    {
        (_process, _script) = (process, script);
        process.ErrorDataReceived += (_, line) =>
        {
            lock (_errors)
            {
                _errors.AppendLine(line.Data);
            }
        };
        process.BeginErrorReadLine();
    }

    /// <summary>
    /// Starts a script with as many threads as we have, and with the kernels of OpenBLAS that we use: it must not lose because
    /// its OpenBLAS is older than the processor.
    /// </summary>
    public static PythonProcess Start(PythonInterpreter python, IReadOnlyList<string> arguments, int threads)
    {
        var start = new ProcessStartInfo(python.Program, ["-B", .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["OMP_NUM_THREADS"] = $"{threads}";
        start.Environment["OPENBLAS_NUM_THREADS"] = $"{threads}";
        if (TorchRuntime.Info.OpenBlasCore is { Length: > 0 } core)
        {
            start.Environment["OPENBLAS_CORETYPE"] = core;
        }

        return new PythonProcess(Process.Start(start)!, arguments[0]);
    }

    /// <summary>Sends a request and waits for its answer.</summary>
    /// <exception cref="MorException">The script ended.</exception>
    public async Task<JsonObject> AskAsync(JsonObject request, CancellationToken stop)
    {
        await _process.StandardInput.WriteLineAsync(request.ToJsonString().AsMemory(), stop);
        await _process.StandardInput.FlushAsync(stop);
        return await ReadAsync(stop);
    }

    /// <summary>Waits for a line.</summary>
    /// <exception cref="MorException">The script ended.</exception>
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
            _script, $"it ended with exit code {_process.ExitCode}: {last}", "Run it by hand to see more.");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }
}
