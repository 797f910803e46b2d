using System.Text.Json.Nodes;
using MoR.Coordinator.Benchmarks.Runtime;

namespace MoR.Coordinator.Benchmarks;

/// <summary>A baseline in PyTorch: a script of <c>benchmarks/pytorch</c> in a process of its own.</summary>
internal sealed class PyTorchContender : IContender
{
    private readonly AnsweringProcess _process;

    private PyTorchContender(string name, AnsweringProcess process) => (Name, _process) = (name, process);

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
            Numbers<double>(answer, "losses"),
            answer["peak_bytes"]!.GetValue<long>())
        {
            Tokens = Numbers<int>(answer, "tokens"),
        };
    }

    /// <inheritdoc/>
    public void Dispose() => _process.Dispose();

    private static T[] Numbers<T>(JsonObject answer, string key) =>
        answer[key] is JsonArray values ? [.. values.Select(value => value!.GetValue<T>())] : [];
}
