using MoR.Cluster.Protocol.Wire;
using MoR.Torch;
using MoR.Torch.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace MoR.Model.Machines;

/// <summary>What decides the bits of this machine's mathematics: compared before a node may serve a run.</summary>
public static class MachineIdentity
{
    /// <summary>Computes the battery of known products, and describes the machine.</summary>
    /// <param name="device">Where experts will be computed.</param>
    /// <param name="pool">Threads; their number does not matter.</param>
    public static Machine Of(Device device, MathPool pool)
    {
        var info = TorchRuntime.Info;
        return new Machine
        {
            AnswersSha256 = KnownProducts.Hash(device, pool),
            Device = device.type == DeviceType.CUDA ? info.CudaDevices[Math.Max(0, device.index)] : "cpu",
            Cpu = string.Join(", ", new[] { info.OpenBlasCore, info.KernelSet }.Where(text => text.Length > 0)),
            Libraries = $"libtorch {info.LibtorchVersion}, {BlasOf(info)}",
        };
    }

    /// <summary>BLAS and its version: OpenBLAS's description begins with both.</summary>
    private static string BlasOf(TorchInfo info) => info.OpenBlasConfiguration.Length > 0
        ? string.Join(' ', info.OpenBlasConfiguration.Split(' ', StringSplitOptions.RemoveEmptyEntries).Take(2))
        : info.BlasLibrary.Length > 0 ? Path.GetFileName(info.BlasLibrary) : "BLAS inside libtorch";
}
