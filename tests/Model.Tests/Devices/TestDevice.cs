using static TorchSharp.torch;

namespace MoR.Model.Tests.Devices;

/// <summary>Where tests of devices compute: MOR_TEST_DEVICE, by default the CPU.</summary>
internal static class TestDevice
{
    /// <summary>The device.</summary>
    public static Device Current { get; } = device(Environment.GetEnvironmentVariable("MOR_TEST_DEVICE") ?? "cpu");
}
