using MoR.Cluster.Protocol;
using MoR.Torch;
using static TorchSharp.torch;

namespace MoR.Model.Experts;

/// <summary>The products that only the optimiser waits for: dA = dUᵀ x and dB = Gᵀ H of every expert that had rows.</summary>
public sealed class ParameterGradientWork : IDisposable
{
    private readonly List<Item> _items = [];

    /// <summary>Remembers what it needs, out of the current dispose scope. The request's rows and gradients are read later, so they
    /// must stay.</summary>
    internal void Add(int target, ExpertRows expert, Tensor x_nI, Tensor g_nO, Tensor dU_mR, Tensor h_mR) => _items.Add(
        new Item(target, expert, x_nI, g_nO, dU_mR.DetachFromDisposeScope(), h_mR.DetachFromDisposeScope()));

    /// <summary>Computes the gradients, ordered by target, then expert.</summary>
    public IReadOnlyList<ExpertGradient> Run()
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        return [.. _items.Select(Run)];
    }

    private static ExpertGradient Run(Item item)
    {
        var (dA_RI, dB_OR) = TensorKernels.Current.LoraParameterGradients(item.DU, item.H, item.X, item.G, item.Expert.Rows);
        return new ExpertGradient(item.Target, item.Expert.Number, new TorchPayload(dA_RI), new TorchPayload(dB_OR));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var item in _items)
        {
            item.DU.Dispose();
            item.H.Dispose();
        }

        _items.Clear();
    }

    private sealed record Item(int Target, ExpertRows Expert, Tensor X, Tensor G, Tensor DU, Tensor H);
}
