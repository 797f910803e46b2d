using System.Text.Json.Nodes;
using MoR.Cluster.Errors;
using MoR.Cluster.Seams;
using MoR.Coordinator.CommandLine;
using MoR.Coordinator.Configuration;
using MoR.Torch;

namespace MoR.Coordinator.Benchmarks;

/// <summary><c>mor bench</c>.</summary>
internal sealed class BenchmarkSession(BenchOptions options, ITerminal terminal, TimeProvider time, IFatalExit fatal)
{
    private static readonly IBenchmark[] All = [new StepBenchmark()];

    /// <summary>Runs the command.</summary>
    public async Task<CommandOutcome> RunAsync(CancellationToken stop)
    {
        if (options.List || options.Names.Count == 0)
        {
            terminal.Table("benchmarks", ["name", "measures"], All.Select(item =>
                (IReadOnlyList<string>)[item.Name, item.Description]));
            return CommandOutcome.Done(new JsonObject
            {
                ["benchmarks"] = new JsonArray([.. All.Select(item => (JsonNode)item.Name)]),
            });
        }

        IBenchmark[] chosen = [.. options.Names.Select(Find)];
        var shape = options.Shape == BenchmarkShape.Demo.Name ? BenchmarkShape.Demo : BenchmarkShape.Reference;
        var threads = options.Threads ?? Math.Min(Environment.ProcessorCount, RecipeNumerics.MostThreads);
        var run = new BenchmarkRun(shape, options.Rounds, threads, options.Python, terminal, time, fatal);
        var results = new JsonObject();
        foreach (var benchmark in chosen)
        {
            results[benchmark.Name] = await benchmark.RunAsync(run, stop);
        }

        // One alone is what the object is about, so that scripts need not know its name twice.
        var json = chosen.Length == 1 ? results[chosen[0].Name]!.DeepClone().AsObject() : results;
        json["rounds"] = options.Rounds;
        json["threads"] = threads;
        json["openblas_core"] = TorchRuntime.Info.OpenBlasCore;
        json["libtorch"] = TorchRuntime.Info.LibtorchVersion;
        return CommandOutcome.Done(json);
    }

    private static IBenchmark Find(string name) => Array.Find(All, item => item.Name == name)
        ?? throw new InputException(
            "NAME", $"there is no benchmark '{name}'", $"Name one of {string.Join(", ", All.Select(item => item.Name))}.");
}
