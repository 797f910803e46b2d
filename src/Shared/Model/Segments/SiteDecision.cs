using MoR.Model.Adapters;
using MoR.Model.Routing;
using static TorchSharp.torch;

namespace MoR.Model.Segments;

/// <summary>What the router of one site decided for the rows of one micro-batch, and the gradients that come back.</summary>
internal sealed class SiteDecision(RouterSite site, RouterOutput output) : IDisposable
{
    private bool[]? _selected;
    private Tensor? _gateGradient_TE;
    private readonly List<(Tensor Input, Tensor Gradient)> _auxiliary = [];

    /// <summary>Where.</summary>
    public RouterSite Site { get; } = site;

    /// <summary>What.</summary>
    public RouterOutput Output { get; } = output;

    /// <summary>Row-major [T, E]: true where chosen.</summary>
    public bool[] Selected => _selected ??= [.. Output.Selected_TE.cpu().data<bool>()];

    /// <summary>Gates without history, flat; [T · E].</summary>
    public Tensor FlatGates() => Output.Gates_TE.detach().reshape(-1);

    /// <summary>Adds ∂L/∂gate at flat positions.</summary>
    public void AddGateGradients(Tensor positions_m, Tensor gradients_m)
    {
        _gateGradient_TE ??= zeros_like(Output.Gates_TE.detach()).DetachFromDisposeScope();
        _gateGradient_TE.view(-1).index_add_(0, positions_m, gradients_m, 1);
    }

    /// <summary>Remembers the gradient of an auxiliary loss's input.</summary>
    public void AddAuxiliaryGradient(Tensor input, Tensor gradient) =>
        _auxiliary.Add((input, gradient.DetachFromDisposeScope()));

    /// <summary>The outputs that have a gradient, gates first.</summary>
    public IEnumerable<(Tensor Output, Tensor Gradient)> Gradients() => _gateGradient_TE is null
        ? _auxiliary
        : _auxiliary.Prepend((Output.Gates_TE, _gateGradient_TE));

    /// <inheritdoc/>
    public void Dispose()
    {
        _gateGradient_TE?.Dispose();
        foreach (var (_, gradient) in _auxiliary)
        {
            gradient.Dispose();
        }
    }
}
