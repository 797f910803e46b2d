using TorchSharp;

namespace MoR.Torch;

/// <summary>The m rows that a LoRA expert computes.</summary>
/// <param name="Input">Each one's row of the experts' input; [m].</param>
/// <param name="InputGradient">Its row of the gradient of the experts' input; [m], all different.</param>
/// <param name="Output">Its row of what the experts add to; [m], all different.</param>
/// <param name="Gates_m">Its gate; [m].</param>
public readonly record struct LoraRows(long[] Input, long[] InputGradient, long[] Output, torch.Tensor Gates_m);
