using MoR.Cluster.Seams;
using MoR.Coordinator.Benchmarks;
using MoR.Coordinator.CommandLine;
using MoR.Coordinator.Configuration;
using MoR.Coordinator.Models;
using MoR.Model.Machines;
using MoR.Model.Routing;
using MoR.Torch;
using MoR.Torch.Runtime;
using static TorchSharp.torch;

namespace MoR.Coordinator.Planning.Measurement;

/// <summary>Measures this machine's CPU for plans: products and memory alone, the rest from whole steps (<see cref="Calibration"/>).
/// </summary>
internal sealed class SpeedMeasurement(TrainedSteps trained, TimeProvider time, IFatalExit fatal)
{
    private const int LongVector = 16 << 20;
    private const int Times = 4;
    private const int Turns = 5;
    private const int TrainedStepsCount = 16;
    private const int Measurements = 9;
    private static readonly string[] FewSequences = ["training.batch_sequences=8", "training.micro_batch_sequences=4"];
    private static readonly string[] ManySequences = ["training.batch_sequences=48", "training.micro_batch_sequences=24"];

    private int _begun;

    private static int Threads => Math.Min(Environment.ProcessorCount, RecipeNumerics.MostThreads);

    /// <summary>What a measurement depends on: the program, its libraries and its threads.</summary>
    public static string Identity =>
        $"{ProgramVersion.Text}, libtorch {TorchRuntime.Info.LibtorchVersion}, {TorchRuntime.Info.OpenBlasConfiguration}, "
        + $"{Threads} threads";

    /// <summary>Measures, for about half a minute.</summary>
    /// <param name="terminal">Told where it is.</param>
    /// <param name="memoryBytes">Memory of the machine.</param>
    /// <param name="stop">Honoured between measurements.</param>
    public async Task<MachineSpeed> RunAsync(ITerminal terminal, long memoryBytes, CancellationToken stop)
    {
        _begun = 0;
        Tell(terminal, "products and memory");
        var machine = new MachineSpeed
        {
            Source = $"measured here, {Threads} threads",
            OperationsPerSecond = 2 * Products(),
            ExpertOperationsPerSecond = 1,
            MemoryBytesPerSecond = MemoryBytesPerSecond(),
            ActivationBytesPerSecond = 1,
            SecondsPerExpert = 0,
            SecondsPerDispatch = 0,
            SecondsPerWireByte = 0,
            SecondsPerMessage = 0,
            Threads = Threads,
            MemoryBytes = memoryBytes,
        };
        var usual = BenchmarkShape.Demo;
        var few = usual with { Sequences = 4, Length = 32, MicroBatchSequences = 2 };
        var steps = new MeasuredSteps(
            await MadeStepAsync(usual, terminal, stop),
            await MadeStepAsync(usual with { Rank = 32 }, terminal, stop),
            await MadeStepAsync(few, terminal, stop),
            await MadeStepAsync(few with { Experts = 32 }, terminal, stop),
            await TrainedAsync(FewSequences, 0, terminal, stop),
            await TrainedAsync(FewSequences, 1, terminal, stop),
            await TrainedAsync(ManySequences, 0, terminal, stop),
            await TrainedAsync(ManySequences, 1, terminal, stop));
        terminal.Progress("");
        return Calibration.Fit(machine, steps);
    }

    private Task<MeasuredStep> TrainedAsync(string[] overrides, int nodes, ITerminal terminal, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        Tell(terminal, $"the demo with {nodes} local nodes");
        return trained.RunAsync(overrides, nodes, TrainedStepsCount, stop);
    }

    private void Tell(ITerminal terminal, string what) => terminal.Progress($"measuring {++_begun} of {Measurements}: {what}");

    private double Products()
    {
        using var pool = new MathPool(Threads);
        return ProductSpeed.Measure(CPU, pool, time);
    }

    /// <summary>The sum of two vectors of 64 MiB: two are read, one is written.</summary>
    private double MemoryBytesPerSecond()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var (sum, part) = (zeros(LongVector), ones(LongVector));
        var best = TimeSpan.MaxValue;
        for (var i = 0; i < Turns; i++)
        {
            var start = time.GetTimestamp();
            sum.add_(part);
            var taken = time.GetElapsedTime(start);
            best = taken < best ? taken : best;
        }

        return 3.0 * sizeof(float) * LongVector / best.TotalSeconds;
    }

    /// <summary>Steps of a made model, the fastest of some turns.</summary>
    private async Task<MeasuredStep> MadeStepAsync(BenchmarkShape shape, ITerminal terminal, CancellationToken stop)
    {
        const int BatchesKept = 4;
        Tell(terminal, $"steps of {shape.Tokens} tokens, {shape.Experts} experts of rank {shape.Rank}");
        using var made = new MadeModel(shape);
        using var files = BackboneFolder.Open(made.Folder, terminal.Note);
        using var backbone = files.Load(RecipeDtype.F32, CPU, Threads);
        using var contender = new StepContender("mor", made, backbone, RouterCatalogue.TopK, BatchesKept, time, fatal);
        var best = double.PositiveInfinity;
        for (var turn = 0; turn < Turns; turn++)
        {
            stop.ThrowIfCancellationRequested();
            best = Math.Min(best, (await contender.RunAsync(Times, stop)).Seconds / Times);
        }

        return new MeasuredStep(RunOf(shape), Nodes: 0, best);
    }

    private static PlannedRun RunOf(BenchmarkShape shape) => new()
    {
        Config = shape.Config,
        Spec = shape.Adapter(RouterCatalogue.TopK),
        Wire = WireType.F32,
        MicroBatches = shape.Sequences / shape.MicroBatchSequences,
        Sequences = shape.MicroBatchSequences,
        Length = shape.Length,
        Window = StepContender.Window,
    };
}
