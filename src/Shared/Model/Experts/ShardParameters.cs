using MoR.Model.Adapters;
using MoR.Model.Backbone;
using MoR.Model.Parameters;
using static TorchSharp.torch;

namespace MoR.Model.Experts;

/// <summary>The matrices of one shard's experts.</summary>
public sealed class ShardParameters(ParameterVector parameters)
{
    private readonly AdapterLayout _layout = AdapterLayout.Of(parameters);

    /// <summary>α/r at a dispatch point.</summary>
    public double Scale(DispatchPoint point) => _layout.Spec.Experts.Scale(point.Layer);

    /// <summary>A [rank, in] and B [out, rank] of one expert.</summary>
    public (Tensor A, Tensor B) Expert(DispatchPoint point, int target, int expert)
    {
        var matrices = _layout.Expert(point.Layer, point.Linears[target], expert);
        return (parameters.View(matrices.A), parameters.View(matrices.B));
    }
}
