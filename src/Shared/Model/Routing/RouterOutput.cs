using static TorchSharp.torch;

namespace MoR.Model.Routing;

/// <summary>A router's decision for the T rows of one site.</summary>
public sealed record RouterOutput
{
    /// <summary>Gates, non-negative, zero where not selected; [T, E], with autograd history.</summary>
    public required Tensor Gates_TE { get; init; }

    /// <summary>Which experts are chosen; [T, E] of bool. A chosen expert may have gate zero.</summary>
    public required Tensor Selected_TE { get; init; }

    /// <summary>Slot weights, for routers whose traits say so.</summary>
    public SlotWeights? Slots { get; init; }

    /// <summary>Auxiliary losses by name; their coefficients are already decided, zero ones are left out.</summary>
    public IReadOnlyList<AuxiliaryLoss> AuxiliaryLosses { get; init; } = [];

    /// <summary>Sums over rows, by name, for telemetry; detached vectors.</summary>
    public IReadOnlyDictionary<string, Tensor> Statistics { get; init; } = new Dictionary<string, Tensor>();

    /// <summary>What this micro-batch adds to the site's router state, by name; summed in micro-batch order and applied
    /// by the step's commit.</summary>
    public IReadOnlyDictionary<string, Tensor> StateDelta { get; init; } = new Dictionary<string, Tensor>();
}
