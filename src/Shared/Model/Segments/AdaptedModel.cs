using MoR.Model.Adapters;
using MoR.Model.Backbone;
using MoR.Model.Parameters;
using MoR.Torch.Runtime;
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
    /// <summary>Where each parameter lies.</summary>
    public AdapterLayout Layout { get; } = AdapterLayout.Of(Parameters);
}
