using static TorchSharp.torch;

namespace MoR.Model.Segments;

/// <summary>Attention to keys and values of earlier tokens too, when generating.</summary>
internal sealed class CachedAttentionSegment : Segment
{
    /// <param name="mixed_TX">What attention gave; taken over.</param>
    public CachedAttentionSegment(Tensor mixed_TX) => X = Own(mixed_TX);

    /// <inheritdoc/>
    protected override Tensor ComputeX() => throw new InvalidOperationException("generation keeps nothing to compute from");

    /// <inheritdoc/>
    public override Tensor[] Backward(Tensor dX, Tensor? dCarry) =>
        throw new InvalidOperationException("generation is not differentiated");
}
