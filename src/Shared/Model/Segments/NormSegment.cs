using MoR.Torch;
using MoR.Torch.Runtime;
using static TorchSharp.torch;

namespace MoR.Model.Segments;

/// <summary>x = RMSNorm(h), where h is the residual stream and skips the dispatch.</summary>
internal sealed class NormSegment : Segment
{
    private readonly Tensor _weight_D;
    private readonly Tensor _inverse_T;
    private readonly double _epsilon;
    private readonly MathPool _pool;

    /// <param name="h_TD">The residual stream; taken over.</param>
    /// <param name="weight_D">The norm's weight.</param>
    /// <param name="epsilon">The norm's ε.</param>
    /// <param name="pool">Where rows are shared.</param>
    public NormSegment(Tensor h_TD, Tensor weight_D, double epsilon, MathPool pool)
    {
        (_weight_D, _epsilon, _pool) = (weight_D, epsilon, pool);
        Carry = Own(h_TD);
        var (x_TD, inverse_T) = TensorKernels.Current.RmsNorm(h_TD, weight_D, epsilon, pool);
        X = Own(x_TD);
        _inverse_T = Own(inverse_T);
    }

    /// <inheritdoc/>
    public override bool IsElementwise => true;

    /// <inheritdoc/>
    protected override Tensor ComputeX() => TensorKernels.Current.RmsNorm(Carry!, _weight_D, _epsilon, _pool).X_TD;

    /// <inheritdoc/>
    public override Tensor[] Backward(Tensor dX, Tensor? dCarry) =>
        [TensorKernels.Current.RmsNormBackward(dX, dCarry, Carry!, _inverse_T, _weight_D, _pool)];
}
