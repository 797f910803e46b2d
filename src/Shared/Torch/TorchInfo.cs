namespace MoR.Torch;

/// <summary>What computes: recorded with every run, and compared before two machines may share one.</summary>
/// <param name="LibtorchVersion">Version of libtorch that the native library was built against.</param>
/// <param name="BlasLibrary">Path of the library that provides sgemm; empty when it cannot be told.</param>
/// <param name="OpenBlasConfiguration">OpenBLAS's own description; empty with another BLAS.</param>
/// <param name="OpenBlasCore">The kernels OpenBLAS chose for this processor (SkylakeX, Zen, ...).</param>
/// <param name="KernelSet">The instruction set of our own kernels: avx512, avx2 or generic; the environment variable
/// <c>MOR_KERNELS</c> chooses a lesser one. Empty with another engine.</param>
/// <param name="CudaDevices">Names of the CUDA devices, by ordinal.</param>
public sealed record TorchInfo(
    string LibtorchVersion,
    string BlasLibrary,
    string OpenBlasConfiguration,
    string OpenBlasCore,
    string KernelSet,
    IReadOnlyList<string> CudaDevices);
