using static TorchSharp.torch;

namespace MoR.Model.Segments;

/// <summary>
/// The computation between two dispatch points, differentiated on its own. Inputs are leaves: the sums y of the targets
/// before it, a carry (the residual stream), and router weights. Outputs are the activation x of the dispatch point after
/// it, a carry, and what its routers decided.
/// </summary>
internal sealed class Segment : IDisposable
{
    private readonly List<Tensor> _owned = [];

    /// <summary>y of each target linear of the dispatch point before; [T, out].</summary>
    public IReadOnlyList<Tensor> Y { get; private set; } = [];

    /// <summary>The residual stream that comes in, if the segment uses it; [T, D].</summary>
    public Tensor? CarryIn { get; private set; }

    /// <summary>Stacked weights of the routers that read <see cref="X"/>; [Z, D].</summary>
    public Tensor? RouterWeights { get; private set; }

    /// <summary>The activation of the dispatch point after; [T, in].</summary>
    public Tensor X { get; private set; } = null!;

    /// <summary>The residual stream that skips the dispatch, if the segment changes it; [T, D].</summary>
    public Tensor? CarryOut { get; private set; }

    /// <summary>What the routers of this segment decided.</summary>
    public List<SiteDecision> Decisions { get; } = [];

    /// <summary>Takes the inputs. y records history if something before it learns; the carry, if it did so before.</summary>
    public void SetInputs(IReadOnlyList<Tensor> y, bool yLearns, Tensor? carry)
    {
        Y = [.. y.Select(value => Leaf(value, yLearns))];
        CarryIn = carry is null ? null : Leaf(carry, carry.requires_grad);
    }

    /// <summary>Takes the routers' weights as a leaf.</summary>
    public Tensor SetRouterWeights(Tensor weights_ZD, bool learns) => RouterWeights = Leaf(weights_ZD, learns);

    /// <summary>Takes the outputs, out of the current dispose scope.</summary>
    public void SetOutputs(Tensor x, Tensor? carry)
    {
        X = Own(x);
        CarryOut = carry is null ? null : Own(carry);
    }

    /// <summary>Keeps a tensor until the segment is disposed of.</summary>
    public Tensor Own(Tensor tensor)
    {
        _owned.Add(tensor.DetachFromDisposeScope());
        return tensor;
    }

    /// <summary>Gradients of the inputs, in the caller's dispose scope; null where nothing was asked.</summary>
    public SegmentGradients Differentiate(Tensor? dX, Tensor? dCarry)
    {
        var outputs = new List<(Tensor Output, Tensor Gradient)>();
        if (dX is not null)
        {
            outputs.Add((X, dX));
        }

        if (dCarry is not null && CarryOut is not null)
        {
            outputs.Add((CarryOut, dCarry));
        }

        outputs.AddRange(Decisions.SelectMany(decision => decision.Gradients()));
        outputs.RemoveAll(pair => !pair.Output.requires_grad);
        Tensor?[] inputs = [.. Y, CarryIn, RouterWeights];
        var asked = inputs.Where(input => input is { requires_grad: true }).Select(input => input!).ToList();
        if (outputs.Count == 0 || asked.Count == 0)
        {
            return new SegmentGradients(new Tensor?[Y.Count], null, null);
        }

        var gradients = autograd.grad(
            [.. outputs.Select(pair => pair.Output)],
            asked,
            [.. outputs.Select(pair => pair.Gradient)],
            allow_unused: true);
        var byInput = inputs.Select(input => input is { requires_grad: true } ? gradients[asked.IndexOf(input)] : null).ToArray();
        return new SegmentGradients(byInput[..Y.Count], byInput[^2], byInput[^1]);
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
