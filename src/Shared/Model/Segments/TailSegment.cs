using MoR.Torch;
using static TorchSharp.torch;

namespace MoR.Model.Segments;

/// <summary>x = RMSNorm(h) before the output head, of the rows whose logits are wanted.</summary>
internal sealed class TailSegment : Segment
{
    private readonly AdaptedModel _model;
    private readonly long[] _rows;
    private readonly Tensor _h_ND;
    private readonly Tensor _inverse_N;
    private readonly long _tokens;

    /// <param name="model">The backbone and its pool.</param>
    /// <param name="h_TD">The residual stream.</param>
    /// <param name="rows">Rows of <paramref name="h_TD"/>, with repetitions; [N].</param>
    public TailSegment(AdaptedModel model, Tensor h_TD, int[] rows)
    {
        _model = model;
        _tokens = h_TD.shape[0];
        _rows = Array.ConvertAll(rows, row => (long)row);
        _h_ND = Own(h_TD.index_select(0, tensor(_rows).to(h_TD.device)));
        var (x_ND, inverse_N) = Norm();
        X = Own(x_ND);
        _inverse_N = Own(inverse_N);
    }

    /// <inheritdoc/>
    protected override Tensor ComputeX() => Norm().X_ND;

    private (Tensor X_ND, Tensor Inverse_N) Norm() => TensorKernels.Current.RmsNorm(
        _h_ND, _model.Backbone.FinalNorm, _model.Backbone.Config.NormEpsilon, _model.Pool);

    /// <inheritdoc/>
    public override Tensor[] Backward(Tensor dX, Tensor? dCarry)
    {
        var dH_ND = TensorKernels.Current.RmsNormBackward(
            dX, null, _h_ND, _inverse_N, _model.Backbone.FinalNorm, _model.Pool);
        var dH_TD = zeros(_tokens, dH_ND.shape[1], dH_ND.dtype, dH_ND.device);
        TensorKernels.Current.AddRows(dH_TD, _rows, dH_ND);
        return [dH_TD];
    }
}
