using MoR.EndToEnd.Tests.Processes;
using MoR.EndToEnd.Tests.World;

namespace MoR.EndToEnd.Tests;

/// <summary>Runs on the device that MOR_TEST_DEVICE names; deploy/gpu-check.sh sets it to a GPU.</summary>
public sealed class DeviceTests
{
    private const double Rounding = 1e-2; // of float32 beside float64, carried on by 40 steps

    private static readonly string Device = Environment.GetEnvironmentVariable("MOR_TEST_DEVICE") ?? "cpu";

    [Fact]
    public async Task A_run_on_the_device_ends_as_one_in_float64_on_the_CPU()
    {
        using var world = new TinyWorld();

        string[] train = ["train", world.Recipe, "--no-eval", "--output"];

        var exact = (await InProcess.RunAsync([.. train, world["exact"], "--set", "backbone.dtype=f64"])).Succeeded().Json;
        var ours = (await InProcess.RunAsync([.. train, world["ours"], "--device", Device])).Succeeded().Json;

        Assert.True((double)exact["loss_last"]! < 0.9 * (double)exact["loss_first"]!, "nothing was learned");
        foreach (var key in new[] { "loss_first", "loss_last" })
        {
            var expected = (double)exact[key]!;
            Assert.Equal(expected, (double)ours[key]!, Rounding * expected);
        }
    }

    [SkippableFact]
    public async Task A_run_on_the_GPU_goes_on_as_if_never_stopped()
    {
        Skip.If(Device == "cpu", "MOR_TEST_DEVICE names no GPU.");
        using var world = new TinyWorld();
        string[] train = ["train", world.Recipe, "--device", Device, "--output"];

        var whole = (await InProcess.RunAsync([.. train, world["whole"]])).Succeeded().Json;
        (await InProcess.RunAsync([.. train, world["parts"], "--stop-after", "15"])).Succeeded();
        var parts = (await InProcess.RunAsync("train", "--resume", world["parts"], "--device", Device)).Succeeded().Json;

        Assert.Equal((string)whole["adapter_sha256"]!, (string)parts["adapter_sha256"]!);
    }
}
