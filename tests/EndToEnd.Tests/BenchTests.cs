using MoR.EndToEnd.Tests.Processes;

namespace MoR.EndToEnd.Tests;

/// <summary><c>mor bench</c>: what is measured was computed. How fast it is, a test does not say.</summary>
public sealed class BenchTests
{
    [SkippableFact]
    [Trait("Tier", "long")]
    public async Task A_step_does_what_PyTorchs_steps_do()
    {
        PythonProcess.Require();

        var step = (await InProcess.RunAsync("bench", "step", "--shape", "demo", "--rounds", "5")).Succeeded().Json;

        Assert.InRange((double)step["loss_difference"]!, 0, 1e-4);
        foreach (var name in new[] { "ratio_vs_pytorch_loop", "ratio_vs_pytorch_dense", "ratio_to_floor" })
        {
            Assert.True((double)step[name]! > 0, name);
        }

        Assert.All(step["seconds"]!.AsObject(), contender => Assert.Equal(5, (int)contender.Value!["count"]!));
    }

    [Fact]
    public async Task A_benchmark_that_does_not_exist_is_refused_with_those_that_do()
    {
        var refused = (await InProcess.RunAsync("bench", "stepp")).Ended(2);

        Assert.Contains("there is no benchmark 'stepp'", refused.Error, StringComparison.Ordinal);
        Assert.Contains("Name one of step", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_Python_without_PyTorch_is_refused_before_anything_is_measured()
    {
        var refused = (await InProcess.RunAsync("bench", "step", "--python", "/bin/false")).Ended(2);

        Assert.Contains("'/bin/false' is no Python with PyTorch", refused.Error, StringComparison.Ordinal);
    }
}
