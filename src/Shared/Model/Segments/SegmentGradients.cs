using static TorchSharp.torch;

namespace MoR.Model.Segments;

/// <summary>Gradients of a segment's inputs; null where an input does not learn or did not matter.</summary>
internal sealed record SegmentGradients(IReadOnlyList<Tensor?> Y, Tensor? Carry, Tensor? RouterWeights);
