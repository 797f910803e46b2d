using MoR.Cluster.Seams;
using MoR.Coordinator.Benchmarks.Runtime;
using MoR.Coordinator.Memory;
using MoR.Coordinator.Models;
using MoR.Coordinator.Training;
using MoR.Engine;
using MoR.Model.Adapters;
using MoR.Model.Optimisation;

namespace MoR.Coordinator.Benchmarks;

/// <summary>This program's training step: the engine, the micro-batches and the commit of <c>mor train</c>.</summary>
internal sealed class StepContender : IContender
{
    /// <summary>Micro-batches in flight.</summary>
    public const int Window = 2;

    private readonly MadeModel _made;
    private readonly TimeProvider _time;
    private readonly AdapterTraining _training;
    private readonly StepEngine<StepReport> _engine;
    private readonly int _batches;

    /// <summary>Prepares training from the made weights.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="made">Weights and tokens.</param>
    /// <param name="backbone">The backbone, loaded; not owned.</param>
    /// <param name="router">The routing method.</param>
    /// <param name="batches">After how many steps the batches begin anew.</param>
    /// <param name="time">Measures.</param>
    /// <param name="fatal">Where a failed commit ends.</param>
    public StepContender(
        string name, MadeModel made, LoadedBackbone backbone, string router, int batches, TimeProvider time,
        IFatalExit fatal)
    {
        (Name, _made, _time, _batches) = (name, made, time, batches);
        _training = new AdapterTraining(
            backbone, made.Shape.Adapter(router), seed: 1, StepSettings.Optimiser, StepSettings.Schedule);
        MadeModel.Randomise(_training.State.Parameters);
        _engine = new StepEngine<StepReport>(backbone.Math, _training.Link, _training.State, fatal, Window);
        Memory = Plan(made, backbone.Pool.Threads, _training.Model.Layout);
    }

    /// <summary>What the plan of <c>mor train</c> says of such a step, on the CPU.</summary>
    public MemoryPlan Memory { get; }

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>Writes the parameters as they are now.</summary>
    public void WriteAdapter() => _made.WriteAdapter(_training.State.Parameters);

    /// <inheritdoc/>
    public async Task<Turn> RunAsync(int times, CancellationToken stop)
    {
        var losses = new List<double>();
        var (began, used) = (_time.GetTimestamp(), ProcessorTime.Seconds([]));
        for (var i = 0; i < times; i++)
        {
            var step = _training.State.Version + 1;
            var work = _training.WorkOf(step, _made.MicroBatches((int)((step - 1) % _batches)));
            losses.Add((await _engine.RunAsync(step, work.MicroBatches, stop)).Loss);
        }

        ComputeDevice.Wait(_training.State.Parameters.Values.device);
        return new Turn(_time.GetElapsedTime(began).TotalSeconds, losses, OwnMemory.PeakBytes())
        {
            ProcessorSeconds = ProcessorTime.Seconds([]) - used,
        };
    }

    /// <inheritdoc/>
    public void Dispose() => _training.Dispose();

    private static MemoryPlan Plan(MadeModel made, int threads, AdapterLayout layout)
    {
        const int BytesPerValue = 4;
        var shape = made.Shape;
        long microBatches = (shape.Sequences + shape.MicroBatchSequences - 1) / shape.MicroBatchSequences;
        var inFlight = Math.Min(Window, microBatches);
        var size = new PassSize(shape.MicroBatchSequences, shape.Length, shape.MicroBatchSequences * shape.Length);
        var activations = Activations.Training(shape.Config, layout.Spec, size, recompute: false, threads);
        return new MemoryPlan(
            [
                MemoryPlan.Program,
                .. TrainingMemory.Vectors(layout, BytesPerValue, inFlight, microBatches),
                new("activations up to", inFlight * BytesPerValue * activations),
            ],
            Mapped: new FileInfo(made.BackboneFile).Length);
    }
}
