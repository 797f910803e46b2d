using MoR.Model.Backbone;
using MoR.Model.Parameters;

namespace MoR.Model.Adapters;

/// <summary>One place where a router decides.</summary>
/// <param name="Index">Position among all sites.</param>
/// <param name="Name">Such as <c>layers.0.self_attn.qkv</c>, for telemetry and state.</param>
/// <param name="Point">The dispatch point whose activation it reads.</param>
/// <param name="Experts">Experts of the layer.</param>
/// <param name="Weights">Its weights in stacking order, contiguous in the flat parameter vector.</param>
public sealed record RouterSite(
    int Index, string Name, DispatchPoint Point, int Experts, IReadOnlyList<Parameter> Weights)
{
    /// <summary>Rows of the stacked weights.</summary>
    public int StackedRows => Weights.Sum(weight => weight.Rows);
}
