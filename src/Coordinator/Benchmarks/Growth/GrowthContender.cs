using MoR.Cluster.Errors;
using MoR.Coordinator.Configuration;
using MoR.Coordinator.Models;
using MoR.Torch;

namespace MoR.Coordinator.Benchmarks.Growth;

/// <summary>A training step at one value of an axis, with a model of its own.</summary>
internal sealed class GrowthContender : IContender
{
    private const int FirstSteps = 4;

    private readonly long _before = TensorMemory.Now().Used;
    private readonly MadeModel _made;
    private readonly BackboneFolder _files;
    private readonly LoadedBackbone _backbone;
    private readonly StepContender _step;

    /// <summary>Makes the model.</summary>
    /// <param name="axis">What grows.</param>
    /// <param name="value">How far.</param>
    /// <param name="run">Threads and clock.</param>
    public GrowthContender(GrowthAxis axis, int value, BenchmarkRun run)
    {
        Name = $"{axis.Name} {value}";
        _made = new MadeModel(axis.At(value));
        _files = BackboneFolder.Open(_made.Folder, run.Terminal.Note);
        _backbone = _files.Load(RecipeDtype.F32, run.Device, run.Threads);
        _step = new StepContender(Name, _made, _backbone, axis.Router, batches: 1, run.Time, run.Fatal);
        Work = StepWork.Of(_made.Shape, axis.Router);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>The work that is counted.</summary>
    public StepWork Work { get; }

    /// <summary>Bytes of tensors that are planned, the program and the mapped weights left out.</summary>
    public long PlannedBytes => _step.Memory.Total - Memory.MemoryPlan.Program.Bytes;

    /// <summary>The most bytes of tensors that its steps had in use; those of 32 KiB and more.</summary>
    public long TensorBytes { get; private set; }

    /// <summary>Its losses over the same batch, step by step.</summary>
    public IReadOnlyList<double> Losses { get; private set; } = [];

    /// <summary>The first steps: they have to learn their batch, and their memory is measured while nobody else computes.</summary>
    public async Task BeginAsync(CancellationToken stop)
    {
        TensorMemory.ForgetMost();
        Losses = (await _step.RunAsync(FirstSteps, stop)).Losses;
        TensorBytes = TensorMemory.Now().Most - _before;
        if (!Losses.All(double.IsFinite) || !(Losses[^1] < Losses[0]))
        {
            throw new RunException(
                Name,
                $"its loss goes from {Losses[0]:0.0000} to {Losses[^1]:0.0000} over {FirstSteps} steps on one batch, so it does not learn",
                "Find out why before its time is measured.");
        }
    }

    /// <inheritdoc/>
    public Task<Turn> RunAsync(int times, CancellationToken stop) => _step.RunAsync(times, stop);

    /// <inheritdoc/>
    public void Dispose()
    {
        _step.Dispose();
        _backbone.Dispose();
        _files.Dispose();
        _made.Dispose();
    }
}
