using System.Text.Json.Nodes;
using MoR.Cluster.Disk.Runtime;
using MoR.Cluster.Errors;
using MoR.Cluster.Seams;
using MoR.Coordinator.Benchmarks.Growth;
using MoR.Coordinator.Benchmarks.Loading;
using MoR.Coordinator.Benchmarks.LoraExperts;
using MoR.Coordinator.Benchmarks.Network;
using MoR.Coordinator.Benchmarks.Plans;
using MoR.Coordinator.Benchmarks.Products;
using MoR.Coordinator.Benchmarks.Tokenization;
using MoR.Coordinator.Cluster;
using MoR.Coordinator.CommandLine;
using MoR.Coordinator.Configuration;
using MoR.Coordinator.Doctor;
using MoR.Coordinator.Models;
using MoR.Coordinator.Planning.Measurement;
using MoR.Torch;
using TorchSharp;

namespace MoR.Coordinator.Benchmarks;

/// <summary><c>mor bench</c>.</summary>
internal sealed class BenchmarkSession(
    BenchOptions options, ITerminal terminal, TimeProvider time, IFatalExit fatal, TrainedSteps trained, Func<MemoryFacts> memory,
    ClusterSurroundings around)
{
    private readonly IBenchmark[] _all =
    [
        new StepBenchmark(), new RouterBenchmark(), new GrowthBenchmark(), new GenerateBenchmark(),
        new LoadBenchmark(new PhysicalDisk()), new TokenizerBenchmark(), new ProductBenchmark(), new ExpertBenchmark(),
        new PlanBenchmark(trained, memory), new ClusterBenchmark(around),
    ];

    /// <summary>Runs the command.</summary>
    public async Task<CommandOutcome> RunAsync(CancellationToken stop)
    {
        if (options.List || options.Names.Count == 0)
        {
            terminal.Table("benchmarks", ["name", "measures"], _all.Select(item =>
                (IReadOnlyList<string>)[item.Name, item.Description]));
            return CommandOutcome.Done(new JsonObject
            {
                ["benchmarks"] = new JsonArray([.. _all.Select(item => (JsonNode)item.Name)]),
            });
        }

        IBenchmark[] chosen = [.. options.Names.Select(Find)];
        if (chosen.GroupBy(item => item.Name).FirstOrDefault(same => same.Count() > 1) is { } twice)
        {
            throw new InputException("NAME", $"'{twice.Key}' is named more than once", "Name each benchmark once.");
        }

        var device = ComputeDevice.Parse(options.Device);
        if (device.type != DeviceType.CPU && Array.Find(chosen, item => !item.RunsOnDevices) is { } other)
        {
            throw new InputException("--device", $"the benchmark {other.Name} runs on the CPU only", "Leave the option out.");
        }

        var shape = options.Shape == BenchmarkShape.Demo.Name ? BenchmarkShape.Demo : BenchmarkShape.Reference;
        var threads = options.Threads ?? Math.Min(Environment.ProcessorCount, RecipeNumerics.MostThreads);
        var run = new BenchmarkRun(shape, options.Rounds, threads, device, options.Python, terminal, time, fatal);
        var results = new JsonObject();
        foreach (var benchmark in chosen)
        {
            results[benchmark.Name] = await benchmark.RunAsync(run, stop);
        }

        // One alone is what the object is about, so that scripts need not know its name twice.
        var json = chosen.Length == 1 ? results[chosen[0].Name]!.DeepClone().AsObject() : results;
        json["rounds"] = options.Rounds;
        json["threads"] = threads;
        json["device"] = options.Device;
        json["openblas_core"] = TorchRuntime.Info.OpenBlasCore;
        json["libtorch"] = TorchRuntime.Info.LibtorchVersion;
        return CommandOutcome.Done(json);
    }

    private IBenchmark Find(string name) => Array.Find(_all, item => item.Name == name)
        ?? throw new InputException(
            "NAME", $"there is no benchmark '{name}'", $"Name one of {string.Join(", ", _all.Select(item => item.Name))}.");
}
