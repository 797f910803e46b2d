using System.Text.Json.Nodes;
using MoR.Cluster.Errors;
using MoR.Coordinator.Benchmarks.Runtime;
using MoR.Model.Adapters;
using MoR.Model.Backbone;
using MoR.Model.Parameters;
using MoR.Model.Routing;
using MoR.Model.Safetensors;
using MoR.Model.Tensors;
using MoR.Torch.Runtime;
using static TorchSharp.torch;

namespace MoR.Coordinator.Benchmarks.LoraExperts;

/// <summary>
/// The LoRA experts of a micro-batch, forward and backward, for given choices and gates: ours beside PyTorch's loop over experts
/// and its dense products. What all compute is compared, value by value.
/// </summary>
internal sealed class ExpertBenchmark : IBenchmark
{
    private const string Ours = "mor", Loop = "pytorch loop", Dense = "pytorch dense";
    private const double Tolerance = 1e-4;
    private const int PassesPerTurn = 5;

    /// <inheritdoc/>
    public string Name => "experts";

    /// <inheritdoc/>
    public string Description => "LoRA experts forward and backward, beside PyTorch's loop and dense products";

    /// <inheritdoc/>
    public async Task<JsonObject> RunAsync(BenchmarkRun run, CancellationToken stop)
    {
        var python = await PythonInterpreter.FindAsync(run.Python, stop);
        using var made = new MadeModel(run.Shape);
        using var folder = new BenchmarkFolder();
        using var pool = new MathPool(run.Threads);
        var layout = new AdapterLayout(run.Shape.Config, run.Shape.Adapter(RouterCatalogue.TopK));
        using var parameters = new ParameterVector(layout, float32, CPU);
        parameters.Initialise(seed: 1);
        MadeModel.Randomise(parameters);
        made.WriteAdapter(parameters);
        var points = Enumerable.Range(0, run.Shape.Config.DispatchPoints)
            .Select(index => new MadeRouting(run.Shape, DispatchPoint.At(index))).ToList();
        folder.Write("inputs.safetensors", points.SelectMany(point => point.Named()));
        WriteConfig(run, made, layout.Spec, folder);
        var contenders = new List<IContender> { new ExpertContender(Ours, points, parameters, pool, run.Time) };
        Dictionary<string, Tensor> results = [];
        try
        {
            results = await ((ExpertContender)contenders[0]).ResultsAsync(stop);
            var difference = 0.0;
            foreach (var (name, kind) in new[] { (Loop, "loop"), (Dense, "dense") })
            {
                var output = folder[$"{kind}.safetensors"];
                contenders.Add(await PyTorchContender.StartAsync(
                    name, python, [BenchmarkRun.Script("experts.py"), kind, folder["experts.json"], output], run.Threads, stop));
                difference = Math.Max(difference, Compare(name, output, results));
            }

            var contest = await Contest.HoldAsync(contenders, PassesPerTurn, run.Rounds, run.Terminal.Progress, stop);
            run.Terminal.Progress("");
            return Report(contest, run, python, difference);
        }
        finally
        {
            contenders.ForEach(contender => contender.Dispose());
            foreach (var tensor in results.Values)
            {
                tensor.Dispose();
            }

            points.ForEach(point => point.Dispose());
        }
    }

    private static double Compare(string name, string path, Dictionary<string, Tensor> results)
    {
        using var scope = NewDisposeScope();
        using var file = SafetensorsFile.Open(path);
        var worst = 0.0;
        foreach (var (result, ours) in results)
        {
            var difference = BenchmarkFolder.Difference(
                ours, SafetensorsTensors.Load(file, file.Entry(result), float32, CPU));
            worst = Math.Max(worst, difference);
            if (!(difference <= Tolerance))
            {
                throw new RunException(
                    name, $"its {result} differs from ours by {difference:G2} of the largest value, so it did not do the same work",
                    "Find out which of the two computes something else.");
            }
        }

        return worst;
    }

    private static JsonObject Report(Contest contest, BenchmarkRun run, PythonInterpreter python, double difference)
    {
        var shape = run.Shape;
        string[] names = [Ours, Loop, Dense];
        run.Terminal.Table(
            $"experts, {shape.Name} shape: {shape.MicroBatchSequences * shape.Length} rows, top {shape.TopK} of {shape.Experts} of "
            + $"rank {shape.Rank}, {shape.Config.DispatchPoints} dispatch points, {run.Threads} threads, {run.Rounds} rounds",
            ["", "ms a pass (least to most)", "mor is faster by (least to most)"],
            names.Select(name => (IReadOnlyList<string>)
            [
                name,
                new Samples(contest.Each(name).Select(seconds => seconds * 1000)).Text("0.0"),
                name == Ours ? "" : contest.Speedup(Ours, name).Text("0.00"),
            ]));
        run.Terminal.Line($"outputs and gradients agree to {difference:G2} of the largest value; PyTorch {python.TorchVersion}");
        return new JsonObject
        {
            ["shape"] = shape.Name,
            ["rows"] = shape.MicroBatchSequences * shape.Length,
            ["ratio_vs_pytorch_loop"] = contest.Speedup(Ours, Loop).Median,
            ["ratio_vs_pytorch_dense"] = contest.Speedup(Ours, Dense).Median,
            ["difference"] = difference,
            ["pytorch"] = python.TorchVersion,
            ["seconds"] = new JsonObject(names.Select(name =>
                KeyValuePair.Create(name, (JsonNode?)contest.Seconds(name).ToJson()))),
            ["speedup"] = new JsonObject(names.Skip(1).Select(name =>
                KeyValuePair.Create(name, (JsonNode?)contest.Speedup(Ours, name).ToJson()))),
        };
    }

    private static void WriteConfig(BenchmarkRun run, MadeModel made, AdapterSpec spec, BenchmarkFolder folder)
    {
        var config = new JsonObject
        {
            ["backbone_file"] = made.BackboneFile,
            ["adapter_file"] = made.AdapterFile,
            ["inputs_file"] = folder["inputs.safetensors"],
            ["layers"] = run.Shape.Config.Layers,
            ["router"] = spec.Router.Kind,
            ["top_k"] = spec.Router.TopK,
            ["sub_routers"] = spec.Router.SubRouters,
            ["rank"] = run.Shape.Rank,
            ["alpha"] = spec.Experts.Alpha,
            ["micro_batches"] = 1,
            ["threads"] = run.Threads,
        };
        File.WriteAllText(folder["experts.json"], config.ToJsonString());
    }
}
