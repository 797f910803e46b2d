using System.Text.Json.Nodes;
using MoR.Cluster.Disk;
using MoR.Cluster.Errors;
using MoR.Coordinator.Benchmarks.Runtime;
using MoR.Coordinator.Configuration;
using MoR.Coordinator.Doctor;
using MoR.Model.Backbone;
using MoR.Model.Safetensors;

namespace MoR.Coordinator.Benchmarks.Loading;

/// <summary>
/// A backbone of a gigabyte from its files, beside reading these files and doing nothing else, into memory that keeps all of it
/// and into a buffer that keeps nothing, and beside PyTorch reading them into tensors. All find the files in the
/// page cache; what a disk takes is not measured.
/// </summary>
internal sealed class LoadBenchmark(IDisk disk) : IBenchmark
{
    /// <summary>The contenders.</summary>
    public const string Ours = "mor", Read = "read", ReadAndDropped = "read, dropped", PyTorch = "pytorch";

    private const double SumTolerance = 1e-6;

    /// <summary>Stored as, kept as: twice as they are, and once converted.</summary>
    private static readonly (string Name, SafetensorsDtype Stored, RecipeDtype Kept)[] Cases =
    [
        ("f32", SafetensorsDtype.F32, RecipeDtype.F32),
        ("bf16", SafetensorsDtype.BF16, RecipeDtype.BF16),
        ("bf16 to f32", SafetensorsDtype.BF16, RecipeDtype.F32),
    ];

    /// <inheritdoc/>
    public string Name => "load";

    /// <inheritdoc/>
    public string Description => "loading a backbone of 1 GB, beside reading its files and beside PyTorch";

    /// <inheritdoc/>
    public async Task<JsonObject> RunAsync(BenchmarkRun run, CancellationToken stop)
    {
        var python = await PythonInterpreter.FindAsync(run.Python, stop);
        var results = new List<(string Name, long Bytes, Contest Contest)>();
        foreach (var stored in Cases.GroupBy(item => item.Stored))
        {
            run.Terminal.Progress($"writing {stored.Key}");
            using var made = MadeBackbone.Write(disk, Config(run.Shape, stored.Key), stored.Key, stop);
            foreach (var (name, _, kept) in stored)
            {
                var contest = await MeasureAsync(made, kept, run, python, stop);
                results.Add((name, new FileInfo(made.File).Length, contest));
            }
        }

        run.Terminal.Progress("");
        return Report(results, run, python);
    }

    private static async Task<Contest> MeasureAsync(
        MadeBackbone made, RecipeDtype kept, BenchmarkRun run, PythonInterpreter python, CancellationToken stop)
    {
        using var ours = new LoadContender(made.Folder, kept, run);
        using (var loaded = ours.Load())
        {
            run.Terminal.Progress("comparing every value");
            made.Check(loaded.Backbone.Weights, stop);
        }

        using var read = new ReadContender(made.File, isKept: true, run.Time);
        using var dropped = new ReadContender(made.File, isKept: false, run.Time);
        var type = kept == RecipeDtype.BF16 ? "bfloat16" : "float32";
        using var pytorch = await PyTorchContender.StartAsync(
            PyTorch, python, [BenchmarkRun.Script("load.py"), made.File, type], run.Threads, stop);
        var sum = (await pytorch.RunAsync(1, stop)).Losses[0];
        if (!(Math.Abs(sum - made.Sum) <= SumTolerance * made.Sum))
        {
            throw new RunException(
                PyTorch, $"its values add up to {sum:R}, and {made.Sum:R} was written", "Find out what it read.");
        }

        return await Contest.HoldAsync([ours, read, dropped, pytorch], 1, run.Rounds, run.Terminal.Progress, stop);
    }

    private static JsonObject Report(
        List<(string Name, long Bytes, Contest Contest)> results, BenchmarkRun run, PythonInterpreter python)
    {
        run.Terminal.Table(
            $"load: {Sizes.Text(results[0].Bytes)} of safetensors, {run.Threads} threads, {run.Rounds} rounds",
            ["stored and kept", "", "ms (least to most)", "GB/s", "mor takes this many times as long"],
            results.SelectMany(result => new[] { Ours, Read, ReadAndDropped, PyTorch }.Select(name => (IReadOnlyList<string>)
            [
                name == Ours ? result.Name : "",
                name,
                new Samples(result.Contest.Each(name).Select(seconds => seconds * 1000)).Text("0"),
                $"{result.Bytes / result.Contest.Seconds(name).Median / 1e9:0.0}",
                name == Ours ? "" : result.Contest.Speedup(name, Ours).Text("0.00"),
            ])));
        run.Terminal.Line($"every value is what was written; PyTorch {python.TorchVersion}");
        return new JsonObject
        {
            ["shape"] = run.Shape.Name,
            ["bytes"] = results[0].Bytes,
            ["ratio_vs_read"] = results[0].Contest.Speedup(Read, Ours).Median,
            ["ratio_vs_read_dropped"] = results[0].Contest.Speedup(ReadAndDropped, Ours).Median,
            ["pytorch"] = python.TorchVersion,
            ["cases"] = new JsonObject(results.Select(result => KeyValuePair.Create(
                result.Name,
                (JsonNode?)new JsonObject
                {
                    ["bytes"] = result.Bytes,
                    ["ratio_vs_read"] = result.Contest.Speedup(Read, Ours).ToJson(),
                    ["ratio_vs_read_dropped"] = result.Contest.Speedup(ReadAndDropped, Ours).ToJson(),
                    ["ratio_vs_pytorch"] = result.Contest.Speedup(PyTorch, Ours).ToJson(),
                    ["seconds"] = new JsonObject(new[] { Ours, Read, ReadAndDropped, PyTorch }.Select(name =>
                        KeyValuePair.Create(name, (JsonNode?)result.Contest.Seconds(name).ToJson()))),
                }))),
        };
    }

    /// <summary>1.0 GB of either type; an eighth of the width, and so a sixty-fourth of that, for the demo.</summary>
    private static LlamaConfig Config(BenchmarkShape shape, SafetensorsDtype stored)
    {
        var part = shape == BenchmarkShape.Demo ? 8 : 1;
        var times = stored == SafetensorsDtype.BF16 ? 2 : 1;
        return shape.Config with
        {
            HiddenSize = 2048 / part,
            IntermediateSize = 5504 / part,
            Layers = 4 * times,
            Heads = 16,
            KeyValueHeads = 16,
            HeadSize = 128 / part,
            VocabularySize = 11648 * times / part,
        };
    }
}
