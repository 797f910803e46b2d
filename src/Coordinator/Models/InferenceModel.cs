using MoR.Coordinator.Training;
using MoR.Engine;
using MoR.Model.Adapters;
using MoR.Model.Backbone;
using MoR.Model.Experts;
using MoR.Model.Parameters;
using MoR.Model.Routing;
using MoR.Model.Segments;
using static TorchSharp.torch;

namespace MoR.Coordinator.Models;

/// <summary>A backbone with an adapter (or none) for evaluation and generation, experts in process.</summary>
public sealed class InferenceModel : IDisposable
{
    private readonly ParameterVector _parameters;

    private InferenceModel(LoadedBackbone backbone, ParameterVector parameters)
    {
        (Backbone, _parameters) = (backbone, parameters);
        Model = new AdaptedModel(backbone.Backbone, parameters, new Dictionary<string, Tensor>(), backbone.Pool);
        Runner = new MicroBatchRunner(
            backbone.Math, new InProcessExpertLink(backbone.Math, new ShardParameters(parameters), version: 0));
    }

    /// <summary>The backbone; not owned.</summary>
    public LoadedBackbone Backbone { get; }

    /// <summary>Backbone and adapter.</summary>
    public AdaptedModel Model { get; }

    /// <summary>Runs micro-batches.</summary>
    public MicroBatchRunner Runner { get; }

    /// <summary>Loads the adapter in a folder, or none.</summary>
    public static InferenceModel Load(LoadedBackbone backbone, string? adapterFolder, Action<string> notice)
    {
        if (TrainingMark.Of(adapterFolder) is { Degraded: true } training)
        {
            notice(DegradedSteps.Warning(training.DegradedSteps));
        }

        var (dtype, device) = (backbone.Backbone.Dtype, backbone.Backbone.Device);
        var parameters = adapterFolder is null
            ? new ParameterVector(new AdapterLayout(backbone.Config, NoAdapter(backbone.Config)), dtype, device)
            : AdapterFiles.Load(
                adapterFolder, backbone.Config, backbone.Backbone.Fingerprint, dtype, device, notice);
        return new InferenceModel(backbone, parameters);
    }

    /// <inheritdoc/>
    public void Dispose() => _parameters.Dispose();

    /// <summary>The adapter in a folder, or one without parameters; checked against the backbone only when it is loaded.
    /// </summary>
    public static AdapterSpec SpecOf(string? adapterFolder, LlamaConfig config) =>
        adapterFolder is null ? NoAdapter(config) : AdapterFiles.ReadSpec(adapterFolder, config);

    private static AdapterSpec NoAdapter(LlamaConfig config)
    {
        int[] ones = [.. Enumerable.Repeat(1, config.Layers)];
        return new AdapterSpec(
            new ExpertSpec { CountPerLayer = ones, RankPerLayer = ones, Targets = [] },
            new RouterSpec { Kind = RouterCatalogue.None });
    }
}
