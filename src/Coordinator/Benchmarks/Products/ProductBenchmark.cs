using System.Globalization;
using System.Text.Json.Nodes;
using MoR.Cluster.Errors;
using MoR.Coordinator.Benchmarks.Runtime;
using MoR.Model.Safetensors;
using MoR.Model.Tensors;
using MoR.Torch;
using MoR.Torch.Runtime;
using static TorchSharp.torch;

namespace MoR.Coordinator.Benchmarks.Products;

/// <summary>
/// The products with frozen weights as the step tiles them, each beside one product of libtorch on one thread and beside
/// PyTorch's on all. All results are compared with the product in float64.
/// </summary>
internal sealed class ProductBenchmark : IBenchmark
{
    private const string Ours = "mor", Plain = "libtorch, one thread", PyTorch = "pytorch";
    private const double Tolerance = 1e-5;
    private const double OperationsPerTurn = 4e9;
    private static readonly string[] Contenders = [Ours, Plain, PyTorch];

    /// <inheritdoc/>
    public string Name => "gemm";

    /// <inheritdoc/>
    public string Description => "the tiled products of a step, beside PyTorch's and libtorch's";

    /// <inheritdoc/>
    public async Task<JsonObject> RunAsync(BenchmarkRun run, CancellationToken stop)
    {
        var python = await PythonInterpreter.FindAsync(run.Python, stop);
        using var pool = new MathPool(run.Threads);
        var results = new List<Result>();
        foreach (var shape in ProductShape.Of(run.Shape))
        {
            results.Add(await MeasureAsync(shape, pool, python, run, stop));
        }

        run.Terminal.Progress("");
        return Report(results, run, python);
    }

    private static async Task<Result> MeasureAsync(
        ProductShape shape, MathPool pool, PythonInterpreter python, BenchmarkRun run, CancellationToken stop)
    {
        using var folder = new BenchmarkFolder();
        using var a = BenchmarkFolder.Values("a", shape.Rows, shape.Inner);
        using var b = shape.Transposed
            ? BenchmarkFolder.Values("b", shape.Columns, shape.Inner)
            : BenchmarkFolder.Values("b", shape.Inner, shape.Columns);
        folder.Write("input.safetensors", [new("a", a), new("b", b)]);
        using var pytorch = await PyTorchContender.StartAsync(
            PyTorch,
            python,
            [
                BenchmarkRun.Script("product.py"), folder["input.safetensors"], folder["output.safetensors"],
                shape.Transposed ? "transposed" : "plain", run.Threads.ToString(CultureInfo.InvariantCulture),
            ],
            run.Threads,
            stop);
        using var file = SafetensorsFile.Open(folder["output.safetensors"]);
        var difference = await pool.RunAsync(() =>
        {
            using var scope = NewDisposeScope();
            var expected = a.to(float64).mm(Right(b.to(float64), shape));
            return new[]
            {
                Verified(Ours, shape, Tiled(), expected),
                Verified(Plain, shape, Whole(), expected),
                Verified(PyTorch, shape, SafetensorsTensors.Load(file, file.Entry("c"), float32, CPU), expected),
            }.Max();
        });
        var contest = await Contest.HoldAsync(
            [new ProductContender(Ours, pool, run.Time, Tiled), new ProductContender(Plain, pool, run.Time, Whole), pytorch],
            (int)Math.Max(1, OperationsPerTurn / shape.Operations),
            run.Rounds,
            name => run.Terminal.Progress($"{shape.Name}, {name}"),
            stop);
        return new Result(shape, contest, difference);

        Tensor Tiled() => TensorKernels.Current.MatMul(a, b, shape.Transposed, pool);

        Tensor Whole()
        {
            using var scope = NewDisposeScope();
            return a.mm(Right(b, shape)).DetachFromDisposeScope();
        }
    }

    private static Tensor Right(Tensor b, ProductShape shape) => shape.Transposed ? b.t() : b;

    private static double Verified(string name, ProductShape shape, Tensor actual, Tensor expected)
    {
        var difference = BenchmarkFolder.Difference(actual, expected);
        return difference <= Tolerance
            ? difference
            : throw new RunException(
                name, $"its {shape.Name} differs from the product in float64 by {difference:G2} of the largest value",
                "A BLAS computes wrongly here: run ./mor doctor, and try OPENBLAS_CORETYPE=Haswell.");
    }

    private static JsonObject Report(List<Result> results, BenchmarkRun run, PythonInterpreter python)
    {
        run.Terminal.Table(
            $"gemm, {run.Shape.Name} shape: GFLOP/s (least to most), {run.Threads} threads, {run.Rounds} rounds",
            ["product", "a micro-batch has", "M × K × N", .. Contenders, "mor is as fast as PyTorch (least to most)"],
            results.Select(result => (IReadOnlyList<string>)
            [
                result.Shape.Name,
                $"{result.Shape.Count}",
                $"{result.Shape.Rows} × {result.Shape.Inner} × {result.Shape.Columns}",
                .. Contenders.Select(name => result.Speed(name).Text("0")),
                result.Contest.Speedup(Ours, PyTorch).Text("0.00"),
            ]));
        var (ours, plain, pytorch) = (Total(Ours), Total(Plain), Total(PyTorch));
        var (overPlain, overPyTorch) = (Ratio(ours, plain), Ratio(ours, pytorch));
        run.Terminal.Line(
            $"a micro-batch's products together: {overPyTorch.Text("0.00")} times as fast as PyTorch {python.TorchVersion}, "
            + $"{overPlain.Text("0.00")} as one thread; all within {results.Max(result => result.Difference):G2} of float64");
        return new JsonObject
        {
            ["shape"] = run.Shape.Name,
            ["ratio_vs_pytorch"] = overPyTorch.Median,
            ["ratio_vs_one_thread"] = overPlain.Median,
            ["gflops"] = results.Sum(result => result.Shape.Count * result.Shape.Operations) / new Samples(ours).Median / 1e9,
            ["difference"] = results.Max(result => result.Difference),
            ["pytorch"] = python.TorchVersion,
            ["products"] = new JsonArray([.. results.Select(result => (JsonNode)new JsonObject
            {
                ["name"] = result.Shape.Name,
                ["count"] = result.Shape.Count,
                ["m"] = result.Shape.Rows,
                ["k"] = result.Shape.Inner,
                ["n"] = result.Shape.Columns,
                ["gflops"] = new JsonObject(Contenders.Select(name =>
                    KeyValuePair.Create(name, (JsonNode?)result.Speed(name).ToJson()))),
                ["ratio_vs_pytorch"] = result.Contest.Speedup(Ours, PyTorch).ToJson(),
            })]),
        };

        // The same round of each shape's contest, added up.
        double[] Total(string name) =>
        [
            .. Enumerable.Range(0, run.Rounds).Select(round =>
                results.Sum(result => result.Shape.Count * result.Contest.Each(name)[round])),
        ];
    }

    private static Samples Ratio(double[] own, double[] other) => new(own.Zip(other, (mine, its) => its / mine));

    private sealed record Result(ProductShape Shape, Contest Contest, double Difference)
    {
        public Samples Speed(string name) => new(Contest.Each(name).Select(seconds => Shape.Operations / seconds / 1e9));
    }
}
