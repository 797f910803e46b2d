using MoR.Cluster.Errors;
using TorchSharp;
using static TorchSharp.torch;

namespace MoR.Coordinator.Models;

/// <summary>The device that a command line names.</summary>
public static class ComputeDevice
{
    /// <summary>CUDA devices that this libtorch sees.</summary>
    public static int Gpus => cuda.is_available() ? cuda.device_count() : 0;

    /// <summary><c>cpu</c>, <c>cuda</c> or <c>cuda:N</c>.</summary>
    /// <exception cref="InputException">It is no such name, or this machine does not have it.</exception>
    public static Device Parse(string name)
    {
        if (name == "cpu")
        {
            return CPU;
        }

        var index = 0;
        var named = name == "cuda"
            || (name.StartsWith("cuda:", StringComparison.Ordinal) && int.TryParse(name.AsSpan(5), out index) && index >= 0);
        if (!named)
        {
            throw new InputException("--device", $"'{name}' is not a device", "Give cpu, cuda or cuda:N.");
        }

        var count = Gpus;
        return index < count
            ? new Device(DeviceType.CUDA, index)
            : throw new InputException(
                "--device",
                $"'{name}' is not there: this libtorch sees {count} CUDA devices",
                "Give --device cpu, or point LIBTORCH to a CUDA libtorch and check the driver with ./mor doctor.");
    }

    /// <summary>Waits until a device has done what it was given, so that a clock may be read. A CPU never lags behind.</summary>
    public static void Wait(Device device)
    {
        if (device.type == DeviceType.CUDA)
        {
            cuda.synchronize(device);
        }
    }
}
