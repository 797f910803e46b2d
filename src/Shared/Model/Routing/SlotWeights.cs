using static TorchSharp.torch;

namespace MoR.Model.Routing;

/// <summary>Slot routing (Puigcerver et al. 2023): expert inputs X_e = D_eᵀ x, output y = Σ_e C_e f_e(X_e).</summary>
/// <param name="Dispatch_TEC">How much of each row goes into each slot.</param>
/// <param name="Combine_TEC">How much of each slot's output goes to each row.</param>
public sealed record SlotWeights(Tensor Dispatch_TEC, Tensor Combine_TEC);
