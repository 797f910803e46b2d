using static TorchSharp.torch;

namespace MoR.Model.Segments;

/// <summary>
/// The routers that read one activation. They are differentiated by autograd, on their own, so that a routing method is
/// written forward only.
/// </summary>
internal sealed class RouterSegment : IDisposable
{
    private readonly List<Tensor> _owned = [];

    /// <summary>Decisions that nobody differentiates.</summary>
    public RouterSegment() => (X, Weights) = (null!, null!);

    /// <param name="x_TI">The activation.</param>
    /// <param name="xLearns">Whether its gradient is wanted.</param>
    /// <param name="weights_ZI">The routers' stacked weights.</param>
    /// <param name="weightsLearn">Whether their gradient is wanted.</param>
    public RouterSegment(Tensor x_TI, bool xLearns, Tensor weights_ZI, bool weightsLearn) =>
        (X, Weights) = (Leaf(x_TI, xLearns), Leaf(weights_ZI, weightsLearn));

    /// <summary>The activation as a leaf; [T, in].</summary>
    public Tensor X { get; }

    /// <summary>The weights as a leaf; [Z, in].</summary>
    public Tensor Weights { get; }

    /// <summary>What the routers decided.</summary>
    public List<SiteDecision> Decisions { get; } = [];

    /// <summary>Gradients of activation and weights, in the caller's dispose scope; null where none is wanted or none came.
    /// The history is gone after it.</summary>
    public (Tensor? X, Tensor? Weights) Differentiate()
    {
        var outputs = Decisions.SelectMany(decision => decision.Gradients()).Where(pair => pair.Output.requires_grad).ToList();
        Tensor[] asked = [.. new[] { X, Weights }.Where(leaf => leaf.requires_grad)];
        if (outputs.Count == 0 || asked.Length == 0)
        {
            return (null, null);
        }

        var gradients = autograd.grad(
            [.. outputs.Select(pair => pair.Output)], asked, [.. outputs.Select(pair => pair.Gradient)], allow_unused: true);
        return (Of(X), Of(Weights));

        Tensor? Of(Tensor leaf) => leaf.requires_grad ? gradients[Array.IndexOf(asked, leaf)] : null;
    }

    /// <summary>Lets go of the activation, which nobody asks for again.</summary>
    public void FreeActivation() => X?.Dispose();

    /// <summary>Keeps a tensor, out of the current dispose scope, until the routers are disposed of.</summary>
    public Tensor Own(Tensor tensor)
    {
        _owned.Add(tensor.DetachFromDisposeScope());
        return tensor;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var decision in Decisions)
        {
            decision.Dispose();
        }

        foreach (var tensor in _owned)
        {
            tensor.Dispose();
        }

        _owned.Clear();
        Decisions.Clear();
    }

    private Tensor Leaf(Tensor value, bool learns)
    {
        var leaf = Own(value.detach());
        if (learns)
        {
            leaf.requires_grad = true;
        }

        return leaf;
    }
}
