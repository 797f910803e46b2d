namespace MoR.Torch;

/// <summary>The kernels that fit this process's engine: TorchSharp's package has the plain ones.</summary>
public static class TensorKernels
{
    public static ITensorKernels Current { get; } = new PlainKernels();

    /// <summary>Those of forward passes that nobody differentiates.</summary>
    public static IInferenceKernels Inference { get; } = new PlainInferenceKernels();
}
