using System.Runtime.InteropServices;

namespace MoR.Torch;

/// <summary>What an update of AdamW multiplies with.</summary>
/// <param name="Clip">The gradient's factor.</param>
/// <param name="Beta1">Decay of the first moment.</param>
/// <param name="Beta2">Decay of the second moment.</param>
/// <param name="Decay">The factor of decayed values before the update.</param>
/// <param name="RootCorrection">1 / √(1 − β₂ᵗ).</param>
/// <param name="Epsilon">ε.</param>
/// <param name="Rate">Learning rate / (1 − β₁ᵗ).</param>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct AdamWFactors(
    double Clip, double Beta1, double Beta2, double Decay, double RootCorrection, double Epsilon, double Rate);
