using System.Text.Json.Nodes;
using MoR.Coordinator.Benchmarks.Runtime;

namespace MoR.Coordinator.Benchmarks;

/// <summary>A baseline in PyTorch: a script of <c>benchmarks/pytorch</c> in a process of its own.</summary>
internal sealed class PyTorchContender : IContender
{
    private readonly PythonProcess _process;

    private PyTorchContender(string name, PythonProcess process) => (Name, _process) = (name, process);

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>Starts one and waits until it has loaded.</summary>
    public static async Task<PyTorchContender> StartAsync(
        string name, PythonInterpreter python, IReadOnlyList<string> arguments, int threads, CancellationToken stop)
    {
        var process = PythonProcess.Start(python, arguments, threads);
        try
        {
            await process.ReadAsync(stop);
            return new PyTorchContender(name, process);
        }
        catch
        {
            process.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public async Task<Turn> RunAsync(int times, CancellationToken stop)
    {
        var answer = await _process.AskAsync(new JsonObject { ["steps"] = times }, stop);
        return new Turn(
            answer["seconds"]!.AsArray().Sum(value => value!.GetValue<double>()),
            [.. answer["losses"]!.AsArray().Select(value => value!.GetValue<double>())],
            answer["peak_bytes"]!.GetValue<long>());
    }

    /// <inheritdoc/>
    public void Dispose() => _process.Dispose();
}
