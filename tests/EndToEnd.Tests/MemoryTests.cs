using MoR.EndToEnd.Tests.Processes;
using MoR.EndToEnd.Tests.World;
using MoR.Torch;

namespace MoR.EndToEnd.Tests;

/// <summary>Counts of tensors belong to the process, so this runs while nothing else does.</summary>
[CollectionDefinition(nameof(MemoryTests), DisableParallelization = true)]
public sealed class AloneCollection;

/// <summary>Training takes no more memory the longer it goes on.</summary>
[Collection(nameof(MemoryTests))]
public sealed class MemoryTests
{
    private const int Steps = 500;
    private const int Between = 50;

    [Fact]
    public async Task Resident_memory_grows_by_less_than_5_percent_after_50_steps()
    {
        using var world = new TinyWorld();
        await using var process = MorProcess.Start(
            "train", world.Recipe, "--output", world["run"], "--steps", $"{Steps + Between}", "--no-eval",
            "--set", "checkpoint.every_steps=100", "--set", "checkpoint.keep=1", "--set", "training.batch_sequences=4");
        var samples = new List<long>();
        for (var line = Between; line <= Steps; line += Between)
        {
            await process.UntilLinesAsync(world["run"], line);
            samples.Add(process.ResidentKiB());
        }

        (await process.EndAsync()).Succeeded();
        Assert.True(
            samples.Max() < samples[0] * 1.05, $"KiB at every {Between} steps: {string.Join(", ", samples)}");
    }

    /// <summary>The demo is what fits into a test's time; its plan is mostly activations and the program itself.</summary>
    [Theory]
    [InlineData("training.window=2")]
    [InlineData("training.recompute=true")]
    [InlineData("training.window=4", "training.micro_batch_sequences=4", "data.max_tokens=32")]
    [InlineData("training.window=4", "training.micro_batch_sequences=16", "experts.rank=64")]
    public async Task The_plan_predicts_the_peak_within_15_percent(params string[] settings)
    {
        using var world = new TinyWorld();
        string[] train =
        [
            "train", "--steps", "4", "--no-eval", "--output", world["run"],
            .. settings.SelectMany(setting => (string[])["--set", setting]),
        ];
        var planned = (long)(await MorProcess.RunAsync([.. train, "--dry-run"])).Succeeded().Json["memory_peak_bytes"]!;

        var measured = (long)(await MorProcess.RunAsync(train)).Succeeded().Json["memory_peak_bytes"]!;

        Assert.InRange((double)planned / measured, 0.85, 1.15);
    }

    [Fact]
    public async Task No_tensor_outlives_a_run_or_is_left_to_the_finalizer()
    {
        using var world = new TinyWorld();
        await RunAsync(world, "warm", 2);
        Collect();
        var before = (TensorLeaks.Live, TensorLeaks.Count);
        await RunAsync(world, "run", 60);
        Collect();

        Assert.Equal(before, (TensorLeaks.Live, TensorLeaks.Count));
    }

    private static async Task RunAsync(TinyWorld world, string run, int steps)
    {
        (await InProcess.RunAsync(
            "train", world.Recipe, "--output", world[run], "--steps", $"{steps}", "--set", "evaluation.every_steps=10"))
            .Succeeded();
        (await InProcess.RunAsync("evaluate", world[run])).Succeeded();
        (await InProcess.RunAsync("generate", world[run], "--prompt", "red", "--temperature", "9", "--max-tokens", "9"))
            .Succeeded();
    }

    private static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
    }
}
