namespace MoR.Torch;

/// <summary>The kernels that fit this process's engine.</summary>
public static class TensorKernels
{
    public static ITensorKernels Current { get; } = new LibtorchKernels();

    /// <summary>Those of forward passes that nobody differentiates.</summary>
    public static IInferenceKernels Inference { get; } = new LibtorchInferenceKernels();
}
