using MoR.Cluster.Protocol;
using static TorchSharp.torch;

namespace MoR.Model.Experts;

/// <summary>The products that only the optimiser waits for: dA = dUᵀ x and dB = Gᵀ H of every expert that had rows.</summary>
public sealed class ParameterGradientWork : IDisposable
{
    private readonly List<(int Target, int Expert, Tensor X, Tensor DU, Tensor H, Tensor G)> _items = [];

    /// <summary>Remembers the factors, out of the current dispose scope.</summary>
    internal void Add(int target, int expert, Tensor x_mI, Tensor dU_mR, Tensor h_mR, Tensor g_mO) => _items.Add((
        target,
        expert,
        x_mI.alias().DetachFromDisposeScope(),
        dU_mR.DetachFromDisposeScope(),
        h_mR.DetachFromDisposeScope(),
        g_mO.DetachFromDisposeScope()));

    /// <summary>Computes the gradients, ordered by target, then expert.</summary>
    public IReadOnlyList<ExpertGradient> Run()
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        return [.. _items.Select(item => new ExpertGradient(
            item.Target,
            item.Expert,
            new TorchPayload(item.DU.t().mm(item.X)),
            new TorchPayload(item.G.t().mm(item.H))))];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (_, _, x, dU, h, g) in _items)
        {
            x.Dispose();
            dU.Dispose();
            h.Dispose();
            g.Dispose();
        }

        _items.Clear();
    }
}
