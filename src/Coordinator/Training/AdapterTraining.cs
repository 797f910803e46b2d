using MoR.Coordinator.Models;
using MoR.Model.Adapters;
using MoR.Model.Backbone;
using MoR.Model.Experts;
using MoR.Model.Optimisation;
using MoR.Model.Parameters;
using MoR.Model.Segments;
using MoR.Torch;

namespace MoR.Coordinator.Training;

/// <summary>
/// What the steps of an adapter's training work on, wherever their batches come from: parameters with their initial values,
/// optimiser, router state, and the experts in process.
/// </summary>
public sealed class AdapterTraining : IDisposable
{
    private readonly ParameterVector _parameters;
    private readonly AdamW _optimiser;
    private readonly ulong _seed;

    /// <summary>Owns nothing that is passed in.</summary>
    public AdapterTraining(
        LoadedBackbone backbone, AdapterSpec spec, ulong seed, AdamWOptions optimiser, LearningRateSchedule schedule,
        bool recompute = false, WireType wire = WireType.F32)
    {
        _seed = seed;
        var weights = backbone.Backbone;
        _parameters = new ParameterVector(new AdapterLayout(weights.Config, spec), weights.Dtype, weights.Device);
        _parameters.Initialise(seed);
        _optimiser = new AdamW(_parameters, optimiser, backbone.Pool);
        State = new TrainableState(_parameters, _optimiser, schedule);
        Model = new AdaptedModel(weights, _parameters, State.RouterState, backbone.Pool)
        {
            Recompute = recompute,
        };
        Link = new InProcessExpertLink(backbone.Math, new ShardParameters(_parameters), State.Version, wire);
    }

    /// <summary>Everything that a step changes.</summary>
    public TrainableState State { get; }

    /// <summary>Backbone and adapter.</summary>
    public AdaptedModel Model { get; }

    /// <summary>The experts in this process.</summary>
    public InProcessExpertLink Link { get; }

    /// <summary>Of this coordinator, where nodes hold the experts; else 0.</summary>
    public long Epoch { get; set; }

    /// <summary>The work of a step over the given micro-batches, without the experts of masked shards.</summary>
    public StepWork WorkOf(long step, IReadOnlyList<PackedBatch> batches, params IReadOnlyList<int> masked) => StepWork.Of(
        batches, State.Version, _seed, step, Epoch, (batch, context) => new LlamaMicroBatch(Model, batch, context), masked);

    /// <inheritdoc/>
    public void Dispose()
    {
        State.Dispose();
        _optimiser.Dispose();
        _parameters.Dispose();
    }
}
