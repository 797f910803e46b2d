using MoR.Cluster.Random;
using MoR.EndToEnd.Tests.Processes;
using MoR.EndToEnd.Tests.World;

namespace MoR.EndToEnd.Tests;

/// <summary>
/// The laws over real processes: however a run is cut, killed and spread over threads, its 40 steps give one adapter.
/// </summary>
public sealed class OneAdapterTests(OneAdapterTests.Whole whole) : IClassFixture<OneAdapterTests.Whole>
{
    private const int Steps = 40;
    private const int Interrupt = 2;
    private const int Terminate = 15;

    [Theory]
    [InlineData("numerics.threads=1")]
    [InlineData("numerics.threads=7")]
    [InlineData("training.window=1")]
    [InlineData("training.window=3")]
    [InlineData("evaluation.every_steps=0", "--no-eval")]
    [InlineData("checkpoint.every_steps=0")]
    public async Task Threads_window_evaluation_and_checkpoints_change_no_bit(string setting, params string[] more)
    {
        using var world = new TinyWorld();
        var run = await MorProcess.RunAsync([.. Train(world), "--set", setting, .. more]);

        AssertSame(world, run);
    }

    [Fact]
    public async Task Evaluating_on_the_way_changes_no_step()
    {
        using var world = new TinyWorld();
        (await MorProcess.RunAsync([.. Train(world), "--set", "evaluation.every_steps=8"])).Succeeded();

        // `adapter` may point to a better checkpoint than the last one, so the last one itself is compared.
        Assert.Equal(
            File.ReadAllBytes(whole.World["run/checkpoints/step-000040/adapter.safetensors"]),
            File.ReadAllBytes(world["run/checkpoints/step-000040/adapter.safetensors"]));
    }

    [Fact]
    public async Task A_run_that_stops_and_goes_on_gives_the_same_adapter()
    {
        using var world = new TinyWorld();
        var first = (await MorProcess.RunAsync([.. Train(world), "--stop-after", "20"])).Succeeded();
        Assert.Equal(20, (long)first.Json["steps"]!);

        // The memory of a pause is the checkpoint alone: another number of threads and another window may go on.
        AssertSame(world, await MorProcess.RunAsync(
            [.. Resume(world), "--set", "numerics.threads=1", "--set", "training.window=3"]));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_run_that_is_killed_and_goes_on_gives_the_same_adapter(int seed)
    {
        using var world = new TinyWorld();
        var random = new CounterRandom((ulong)seed);
        var command = Train(world);
        var line = 1;
        for (var kill = 0; kill < 2; kill++)
        {
            line += 1 + random.NextBelow(14);
            await using var process = MorProcess.Start(command);
            await process.UntilLinesAsync(world["run"], line);
            process.Kill();
            Assert.Equal(137, (await process.EndAsync()).ExitCode);
            command = Resume(world);
        }

        AssertSame(world, await MorProcess.RunAsync(command), $"seed {seed}");
    }

    [Fact]
    public async Task A_run_that_is_killed_while_it_saves_goes_on_from_the_checkpoint_before()
    {
        using var world = new TinyWorld();
        await using var process = MorProcess.Start([.. Train(world), "--set", "checkpoint.every_steps=1"]);
        await process.UntilLinesAsync(world["run"], 12);
        await process.UntilAsync("a checkpoint is half written", () => Array.Exists(
            RunFiles.Checkpoints(world["run"]), name => name.StartsWith('.')));
        process.Kill();
        Assert.Equal(137, (await process.EndAsync()).ExitCode);

        AssertSame(world, await MorProcess.RunAsync(Resume(world)));
    }

    [SkippableTheory]
    [InlineData(Interrupt)]
    [InlineData(Terminate)]
    public async Task A_run_that_is_interrupted_saves_and_goes_on(int signal)
    {
        using var world = new TinyWorld();
        await using var process = MorProcess.Start(Train(world));
        await process.UntilLinesAsync(world["run"], 14);
        Skip.If(process.Ignores(signal), $"The shell that started the tests lets them ignore signal {signal}.");
        process.Signal(signal);
        var stopped = (await process.EndAsync()).Ended(3);

        var steps = (long)stopped.Json["steps"]!;
        Assert.InRange(steps, 13, Steps - 1);
        Assert.Equal($"step-{steps:D6}", RunFiles.Checkpoints(world["run"])[^1]);
        Assert.Contains($"--resume {world["run"]}", stopped.Error, StringComparison.Ordinal);
        AssertSame(world, await MorProcess.RunAsync(Resume(world)));
    }

    private static string[] Train(TinyWorld world) => ["train", world.Recipe, "--output", world["run"]];

    private static string[] Resume(TinyWorld world) => ["train", "--resume", world["run"]];

    private void AssertSame(TinyWorld world, MorRun run, string what = "")
    {
        run.Succeeded();
        Assert.True(whole.Run.AdapterSha256 == run.AdapterSha256, $"another adapter: {run.What} {what}\n{run.Error}");
        Assert.Equal(Steps, (long)run.Json["steps"]!);
        Assert.Equal((double)whole.Run.Json["loss_last"]!, (double)run.Json["loss_last"]!);
        Assert.Equal(Enumerable.Range(1, Steps).Select(step => (long)step), RunFiles.Steps(world["run"]));
    }

    /// <summary>The run in one go that all others are compared with.</summary>
    public sealed class Whole : IAsyncLifetime
    {
        internal TinyWorld World { get; } = new();

        internal MorRun Run { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            Run = (await MorProcess.RunAsync(Train(World))).Succeeded();
            Assert.Matches("^[0-9a-f]{64}$", Run.AdapterSha256);
        }

        public Task DisposeAsync()
        {
            World.Dispose();
            return Task.CompletedTask;
        }
    }
}
