using MoR.Torch;
using MoR.Torch.Runtime;
using static TorchSharp.torch;

namespace MoR.Model.Segments;

/// <summary>x = silu(gate) ⊙ up.</summary>
internal sealed class SwiGluSegment : Segment
{
    private readonly Tensor _gate_TF;
    private readonly Tensor _up_TF;
    private readonly MathPool _pool;

    /// <param name="gate_TF">Taken over.</param>
    /// <param name="up_TF">Taken over.</param>
    /// <param name="pool">Where rows are shared.</param>
    public SwiGluSegment(Tensor gate_TF, Tensor up_TF, MathPool pool)
    {
        (_gate_TF, _up_TF, _pool) = (Own(gate_TF), Own(up_TF), pool);
        X = Own(ComputeX());
    }

    /// <inheritdoc/>
    public override bool IsElementwise => true;

    /// <inheritdoc/>
    protected override Tensor ComputeX() => TensorKernels.Current.SwiGlu(_gate_TF, _up_TF, _pool);

    /// <inheritdoc/>
    public override Tensor[] Backward(Tensor dX, Tensor? dCarry)
    {
        var (dGate_TF, dUp_TF) = TensorKernels.Current.SwiGluBackward(dX, _gate_TF, _up_TF, _pool);
        return [dGate_TF, dUp_TF];
    }
}
