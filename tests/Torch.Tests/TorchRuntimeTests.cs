using TorchSharp;

namespace MoR.Torch.Tests;

public sealed class TorchRuntimeTests
{
    [Fact]
    public void Initialising_twice_is_once()
    {
        TorchRuntime.Initialise();
        TorchRuntime.Initialise();

        Assert.Equal(1, torch.get_num_threads());
    }

    [Fact]
    public void The_info_names_version_and_BLAS()
    {
        var info = TorchRuntime.Info;

        Assert.Matches(@"^\d+\.\d+", info.LibtorchVersion);
        Assert.Equal(info.LibtorchVersion, torch.__version__);
        Assert.Equal(info.OpenBlasConfiguration.Length > 0, info.OpenBlasCore.Length > 0);
        Assert.Equal(torch.cuda.device_count(), info.CudaDevices.Count);
        Assert.True(info.BlasLibrary.Length == 0 || File.Exists(info.BlasLibrary), info.BlasLibrary);
    }
}
