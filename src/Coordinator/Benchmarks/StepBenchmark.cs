using System.Text.Json.Nodes;
using MoR.Cluster.Errors;
using MoR.Coordinator.Benchmarks.Runtime;
using MoR.Coordinator.Configuration;
using MoR.Coordinator.Doctor;
using MoR.Coordinator.Memory;
using MoR.Coordinator.Models;
using MoR.Model.Routing;
using TorchSharp;

namespace MoR.Coordinator.Benchmarks;

/// <summary>
/// A whole training step beside two of PyTorch and beside the floor. Weights, tokens, optimiser, type and threads are the
/// same; the losses of the first ten steps have to agree, else nothing was compared.
/// </summary>
internal sealed class StepBenchmark : IBenchmark
{
    private const string Ours = "mor";
    private const string Loop = "pytorch loop";
    private const string Dense = "pytorch dense";
    private const string Frozen = "pytorch frozen backbone";
    private const string Floor = "frozen products";
    private const int ComparedSteps = 10;
    private const double LossTolerance = 1e-4;

    /// <summary>A baseline's share of the floor, as it was measured; one that is far below is broken, and beating it no
    /// feat.</summary>
    private static readonly (string Name, double Share)[] KnownShares = [(Loop, 0.11), (Dense, 0.20)];

    private const double BrokenBelow = 0.5;

    /// <inheritdoc/>
    public string Name => "step";

    /// <inheritdoc/>
    public string Description => "a training step beside PyTorch's, and beside its frozen products alone";

    /// <inheritdoc/>
    public bool RunsOnDevices => true;

    /// <inheritdoc/>
    public async Task<JsonObject> RunAsync(BenchmarkRun run, CancellationToken stop)
    {
        var python = await PythonInterpreter.FindAsync(run.Python, stop);
        using var made = new MadeModel(run.Shape);
        using var files = BackboneFolder.Open(made.Folder, run.Terminal.Note);
        using var backbone = files.Load(RecipeDtype.F32, run.Device, run.Threads);
        using var ours = new StepContender(
            Ours, made, backbone, RouterCatalogue.TopK, ComparedSteps, run.Time, run.Fatal);
        ours.WriteAdapter();
        var config = WriteConfig(made, run);
        var contenders = new List<IContender> { ours };
        try
        {
            foreach (var (name, kind) in new[] { (Loop, "loop"), (Dense, "dense"), (Frozen, "frozen") })
            {
                contenders.Add(await PyTorchContender.StartAsync(
                    name, python, [BenchmarkRun.Script("mixture.py"), kind, config], run.Threads, stop));
            }

            contenders.Add(new FrozenProductsContender(run.Shape, backbone, run.Time));
            var difference = await CompareLossesAsync(contenders, run, stop);
            var contest = await Contest.HoldAsync(
                contenders, run.Shape.StepsPerTurn, run.Rounds, run.Terminal.Progress, stop);
            run.Terminal.Progress("");
            RefuseBroken(contest, run);
            return Report(contest, contenders, run, python, difference, ours.Memory);
        }
        finally
        {
            contenders.ForEach(contender => contender.Dispose());
        }
    }

    private static async Task<double> CompareLossesAsync(
        List<IContender> contenders, BenchmarkRun run, CancellationToken stop)
    {
        IReadOnlyList<double>? expected = null;
        var worst = 0.0;
        foreach (var contender in contenders)
        {
            run.Terminal.Progress($"first steps: {contender.Name}");
            var losses = (await contender.RunAsync(ComparedSteps, stop)).Losses;
            if (contender.Name is not (Ours or Loop or Dense))
            {
                continue;
            }

            expected ??= losses;
            var difference = losses.Zip(expected, (one, other) => Math.Abs(one - other)).Max();
            worst = Math.Max(worst, difference);
            if (!(difference <= LossTolerance))
            {
                throw new RunException(
                    contender.Name,
                    $"its losses over {ComparedSteps} steps differ from ours by {difference:G3}, and {LossTolerance} is allowed, "
                    + "so it did not do the same work and nothing was compared",
                    "Find out which of the two computes something else.");
            }
        }

        return worst;
    }

    /// <summary>Only the reference shape's shares on a CPU are known.</summary>
    private static void RefuseBroken(Contest contest, BenchmarkRun run)
    {
        if (run.Shape != BenchmarkShape.Reference || run.Device.type != DeviceType.CPU)
        {
            return;
        }

        foreach (var (name, known) in KnownShares)
        {
            var share = contest.Speedup(name, Floor).Median;
            if (share < known * BrokenBelow)
            {
                throw new RunException(
                    name,
                    $"it reaches {share:0.000} of the frozen products' speed, and {known} is known of it",
                    "Look at its threads, its BLAS and what else runs on this machine; a broken baseline proves nothing.");
            }
        }
    }

    private static JsonObject Report(
        Contest contest, IReadOnlyList<IContender> contenders, BenchmarkRun run, PythonInterpreter python, double difference,
        MemoryPlan plan)
    {
        var shape = run.Shape;
        run.Terminal.Table(
            $"step, {shape.Name} shape: {shape.Tokens} tokens, {run.Device}, {run.Threads} threads, {run.Rounds} rounds",
            ["", "tokens/s", "ms/step (least to most)", "mor is faster by (least to most)", "peak memory"],
            contenders.Select(contender => (IReadOnlyList<string>)
            [
                contender.Name,
                $"{shape.Tokens / contest.Seconds(contender.Name).Median:N0}",
                new Samples(contest.Each(contender.Name).Select(seconds => seconds * 1000)).Text("0"),
                contender.Name == Ours ? "" : contest.Speedup(Ours, contender.Name).Text("0.00"),
                contest.PeakBytes[contender.Name] is > 0 and var bytes ? Sizes.Text(bytes) : "",
            ]));
        run.Terminal.Line($"losses of {ComparedSteps} steps agree to {difference:G2}; PyTorch {python.TorchVersion}");
        if (contest.PeakBytes[Ours] is > 0 and var peak)
        {
            run.Terminal.Line(
                $"memory of mor: planned {Sizes.Text(plan.Peak)}, {(double)plan.Peak / peak:0.00} of its peak; its peak is "
                + $"{(double)peak / contest.PeakBytes[Dense]:0.00} of {Dense}'s");
        }

        return new JsonObject
        {
            ["shape"] = shape.Name,
            ["memory_planned_bytes"] = plan.Peak,
            ["tokens"] = shape.Tokens,
            ["tokens_per_second"] = shape.Tokens / contest.Seconds(Ours).Median,
            ["ratio_vs_pytorch_loop"] = contest.Speedup(Ours, Loop).Median,
            ["ratio_vs_pytorch_dense"] = contest.Speedup(Ours, Dense).Median,
            ["ratio_to_floor"] = contest.Speedup(Ours, Floor).Median,
            ["loss_difference"] = difference,
            ["pytorch"] = python.TorchVersion,
            ["seconds"] = new JsonObject(contenders.Select(contender => KeyValuePair.Create(
                contender.Name, (JsonNode?)contest.Seconds(contender.Name).ToJson()))),
            ["speedup"] = new JsonObject(contenders.Skip(1).Select(contender => KeyValuePair.Create(
                contender.Name, (JsonNode?)contest.Speedup(Ours, contender.Name).ToJson()))),
            ["peak_bytes"] = new JsonObject(contenders.Select(contender => KeyValuePair.Create(
                contender.Name, (JsonNode?)contest.PeakBytes[contender.Name]))),
        };
    }

    private static string WriteConfig(MadeModel made, BenchmarkRun run)
    {
        var (shape, optimiser) = (made.Shape, StepSettings.Optimiser);
        var spec = shape.Adapter(RouterCatalogue.TopK);
        var config = new JsonObject
        {
            ["backbone"] = JsonNode.Parse(File.ReadAllText(Path.Combine(made.Folder, "config.json"))),
            ["backbone_file"] = made.BackboneFile,
            ["adapter_file"] = made.AdapterFile,
            ["router"] = spec.Router.Kind,
            ["top_k"] = spec.Router.TopK,
            ["sub_routers"] = spec.Router.SubRouters,
            ["balance_loss"] = spec.Router.BalanceLoss,
            ["rank"] = shape.Rank,
            ["alpha"] = spec.Experts.Alpha,
            ["length"] = shape.Length,
            ["micro_batches"] = shape.Sequences / shape.MicroBatchSequences,
            ["learning_rate"] = StepSettings.Schedule.Peak,
            ["beta1"] = optimiser.Beta1,
            ["beta2"] = optimiser.Beta2,
            ["epsilon"] = optimiser.Epsilon,
            ["weight_decay"] = optimiser.WeightDecay,
            ["clip_norm"] = optimiser.ClipNorm,
            ["device"] = run.Device.ToString(),
            ["threads"] = run.Threads,
            ["tokens"] = new JsonArray([.. Enumerable.Range(0, ComparedSteps).Select(batch =>
                (JsonNode)new JsonArray([.. made.Tokens(batch).Select(sequence =>
                    (JsonNode)new JsonArray([.. sequence.Select(token => (JsonNode)token)]))]))]),
        };
        var path = Path.Combine(made.Folder, "step.json");
        File.WriteAllText(path, config.ToJsonString());
        return path;
    }
}
