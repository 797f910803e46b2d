using System.Text.Json.Nodes;
using MoR.Coordinator.Cluster;
using MoR.Coordinator.Configuration;
using MoR.Coordinator.Models;
using static TorchSharp.torch;

namespace MoR.Coordinator.Benchmarks.Network;

/// <summary>What it costs that experts are on nodes, each figure beside plain sockets and with its limit.</summary>
internal sealed class ClusterBenchmark(ClusterSurroundings around) : IBenchmark
{
    /// <inheritdoc/>
    public string Name => "cluster";

    /// <inheritdoc/>
    public string Description => "what nodes cost beside plain sockets: processor time, links, round trips, latency, heartbeats";

    /// <inheritdoc/>
    public async Task<JsonObject> RunAsync(BenchmarkRun run, CancellationToken stop)
    {
        using var made = new MadeModel(run.Shape);
        using var files = BackboneFolder.Open(made.Folder, run.Terminal.Note);
        using var backbone = files.Load(RecipeDtype.F32, CPU, run.Threads);
        Part[] parts =
        [
            await new ExtraProcessorTime(run, around).MeasureAsync(made, backbone, stop),
            await new LinkThroughput(run, around).MeasureAsync(stop),
            await new DispatchRoundTrip(run, around).MeasureAsync(made, backbone, stop),
            await new WindowUnderLatency(run, around).MeasureAsync(made, backbone, stop),
            await new Heartbeats(run, around).MeasureAsync(stop),
        ];
        run.Terminal.Progress("");
        return Report(run, [.. parts.SelectMany(part => part.Figures)], parts);
    }

    private static JsonObject Report(BenchmarkRun run, IReadOnlyList<Figure> figures, IEnumerable<Part> parts)
    {
        run.Terminal.Table(
            $"cluster, {run.Shape.Name} shape: {run.Shape.Tokens} tokens, {run.Threads} threads, {run.Rounds} rounds, loopback, checksums",
            ["", "ratio (least to most)", "limit", "holds"],
            figures.Select(figure => (IReadOnlyList<string>)
                [figure.Text, figure.Ratios.Text("0.00"), figure.LimitText, figure.Holds ? "yes" : "NO"]));
        var json = new JsonObject
        {
            ["shape"] = run.Shape.Name,
            ["holds"] = figures.All(figure => figure.Holds),
            ["figures"] = new JsonObject(figures.Select(figure => KeyValuePair.Create(figure.Key, (JsonNode?)figure.ToJson()))),
        };
        foreach (var (name, facts) in parts.SelectMany(part => part.Facts))
        {
            json[name] = facts!.DeepClone();
        }

        return json;
    }
}
