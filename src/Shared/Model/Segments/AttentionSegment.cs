using MoR.Model.Backbone;
using MoR.Torch;
using MoR.Torch.Runtime;
using static TorchSharp.torch;

namespace MoR.Model.Segments;

/// <summary>x = attention over rotated queries and keys, of each sequence on its own.</summary>
internal sealed class AttentionSegment : Segment
{
    private readonly AttentionShape _shape;
    private readonly (Tensor Cos, Tensor Sin) _angles;
    private readonly Tensor _q_TX;
    private readonly Tensor _k_TX;
    private readonly Tensor _v_TX;
    private readonly Tensor _logSums_HT;
    private readonly MathPool _pool;

    /// <param name="shape">Sequences and heads.</param>
    /// <param name="q_TX">Queries; taken over and rotated where they lie.</param>
    /// <param name="k_TX">Keys; taken over and rotated where they lie.</param>
    /// <param name="v_TX">Values; taken over.</param>
    /// <param name="angles">The rotary embedding at each row, each [T, C/2]; not owned.</param>
    /// <param name="pool">Where sequences and heads are shared.</param>
    public AttentionSegment(
        AttentionShape shape, Tensor q_TX, Tensor k_TX, Tensor v_TX, (Tensor Cos, Tensor Sin) angles, MathPool pool)
    {
        (_shape, _angles, _pool) = (shape, angles, pool);
        (_q_TX, _k_TX, _v_TX) = (Own(q_TX), Own(k_TX), Own(v_TX));
        Rotate(q_TX, k_TX, back: false);
        var (mixed_TX, logSums_HT) = TensorKernels.Current.Attention(shape, q_TX, k_TX, v_TX, pool);
        X = Own(mixed_TX);
        _logSums_HT = Own(logSums_HT);
    }

    /// <inheritdoc/>
    protected override Tensor ComputeX() => TensorKernels.Current.Attention(_shape, _q_TX, _k_TX, _v_TX, _pool).Mixed_TX;

    /// <inheritdoc/>
    public override Tensor[] Backward(Tensor dX, Tensor? dCarry)
    {
        var (dQ_TX, dK_TX, dV_TX) = TensorKernels.Current.AttentionBackward(
            _shape, dX, X, _logSums_HT, _q_TX, _k_TX, _v_TX, _pool);
        Rotate(dQ_TX, dK_TX, back: true);
        return [dQ_TX, dK_TX, dV_TX];
    }

    /// <summary>Each sequence's attention probabilities, [H, S, S], for routers that ask.</summary>
    public IEnumerable<Tensor> Probabilities() => LlamaBlock.Probabilities(_shape, _q_TX, _k_TX);

    private void Rotate(Tensor q_TX, Tensor k_TX, bool back)
    {
        TensorKernels.Current.Rotate(q_TX, _angles.Cos, _angles.Sin, _shape.Heads, back, _pool);
        TensorKernels.Current.Rotate(k_TX, _angles.Cos, _angles.Sin, _shape.Groups, back, _pool);
    }
}
