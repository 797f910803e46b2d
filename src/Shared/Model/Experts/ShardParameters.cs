using MoR.Model.Adapters;
using MoR.Model.Backbone;
using MoR.Model.Parameters;
using static TorchSharp.torch;

namespace MoR.Model.Experts;

/// <summary>Matrices of experts, in a piece of the flat parameter vector: all of it, or one shard's block.</summary>
/// <param name="layout">Where each matrix lies in the whole vector.</param>
/// <param name="values">The piece; not owned.</param>
/// <param name="first">Where the piece begins in the whole vector.</param>
public sealed class ShardParameters(AdapterLayout layout, Tensor values, long first)
{
    /// <summary>The experts of every shard, in the coordinator's parameters.</summary>
    public ShardParameters(ParameterVector parameters)
        : this(AdapterLayout.Of(parameters), parameters.Values, 0)
    {
    }

    /// <summary>α/r at a dispatch point.</summary>
    public double Scale(DispatchPoint point) => layout.Spec.Experts.Scale(point.Layer);

    /// <summary>A [rank, in] and B [out, rank] of one expert, which must be in this piece.</summary>
    public (Tensor A, Tensor B) Expert(DispatchPoint point, int target, int expert)
    {
        var matrices = layout.Expert(point.Layer, point.Linears[target], expert);
        return (View(matrices.A), View(matrices.B));
    }

    private Tensor View(Parameter parameter) =>
        values.narrow(0, parameter.Offset - first, parameter.Count).view(parameter.Shape);
}
