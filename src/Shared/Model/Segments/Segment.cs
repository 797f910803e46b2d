using MoR.Torch;
using static TorchSharp.torch;

namespace MoR.Model.Segments;

/// <summary>
/// The computation between two dispatch points, with its backward pass written out. It takes what the linears before it gave,
/// and gives the activation of the dispatch point after it; shapes as in <see cref="MoR.Torch.ITensorKernels"/>.
/// </summary>
internal abstract class Segment : IDisposable
{
    private readonly List<Tensor> _owned = [];

    /// <summary>The activation of the dispatch point after; [T, in].</summary>
    public Tensor X { get; protected init; } = null!;

    /// <summary>Whether x costs so little that it is never kept between the passes, whatever the recipe says.</summary>
    public virtual bool IsElementwise => false;

    /// <summary>The residual stream that skips the dispatch, if the segment changes it; [T, D].</summary>
    public Tensor? Carry { get; protected init; }

    /// <summary>∂L/∂y of each linear before the segment, in the caller's dispose scope. Where there is a carry, the first is also
    /// ∂L of the carry that came in.</summary>
    /// <param name="dX">∂L/∂x.</param>
    /// <param name="dCarry">What reaches the carry that goes out; null for nothing.</param>
    public abstract Tensor[] Backward(Tensor dX, Tensor? dCarry);

    /// <summary>Gives the memory of <see cref="X"/> back until <see cref="RestoreX"/>.</summary>
    public void DropX() => TensorKernels.Current.DropValues(X);

    /// <summary>Computes <see cref="X"/> again, with the same bits.</summary>
    public void RestoreX() => TensorKernels.Current.TakeValues(X, ComputeX());

    /// <summary>x from what the segment keeps, in the caller's dispose scope.</summary>
    protected abstract Tensor ComputeX();

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in _owned)
        {
            tensor.Dispose();
        }

        _owned.Clear();
    }

    /// <summary>Keeps a tensor, out of the current dispose scope, until the segment is disposed of.</summary>
    protected Tensor Own(Tensor tensor)
    {
        _owned.Add(tensor.DetachFromDisposeScope());
        return tensor;
    }
}
