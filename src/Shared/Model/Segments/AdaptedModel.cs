using MoR.Model.Adapters;
using MoR.Model.Backbone;
using MoR.Model.Parameters;
using MoR.Torch.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace MoR.Model.Segments;

/// <summary>A frozen backbone, an adapter's parameters, and its router state.</summary>
/// <param name="Backbone">The backbone.</param>
/// <param name="Parameters">The adapter; read only by everyone but the step's commit.</param>
/// <param name="RouterState">Router state by site and name, <c>{site}.{name}</c>, as of the last commit.</param>
/// <param name="Pool">Where tiles run.</param>
public sealed record AdaptedModel(
    LlamaBackbone Backbone, ParameterVector Parameters, IReadOnlyDictionary<string, Tensor> RouterState, MathPool Pool)
{
    /// <summary>
    /// Whether training keeps no x of any dispatch point between its forward and its backward pass, and not only no x that is
    /// elementwise. All can be computed again without a product of the backbone. Decides memory and speed, never a result.
    /// </summary>
    public bool Recompute { get; init; }

    /// <summary>Where each parameter lies.</summary>
    public AdapterLayout Layout { get; } = AdapterLayout.Of(Parameters);

    /// <summary>True if inference takes the fused kernels, which are for float32 on the CPU.</summary>
    public bool FusesInference { get; } = IsFused(Backbone);

    /// <summary>The experts as inference computes them, from <see cref="Parameters"/>, which are here; null to ask for them.
    /// </summary>
    public LocalExperts? LocalExperts { get; init; } =
        IsFused(Backbone) ? new LocalExperts(AdapterLayout.Of(Parameters), Parameters.Values, Pool) : null;

    private static bool IsFused(LlamaBackbone backbone) =>
        backbone.Dtype == ScalarType.Float32 && backbone.Device.type == DeviceType.CPU;
}
