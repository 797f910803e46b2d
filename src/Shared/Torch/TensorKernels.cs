namespace MoR.Torch;

/// <summary>The kernels of the tensor engine that this program was built with.</summary>
public static class TensorKernels
{
    /// <summary>Native kernels over our own binding, plain ones over the TorchSharp package.</summary>
#if TORCHSHARP_PACKAGE
    public static ITensorKernels Current { get; } = new PlainKernels();
#else
    public static ITensorKernels Current { get; } = new LibtorchKernels();
#endif
}
