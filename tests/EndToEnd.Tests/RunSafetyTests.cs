using System.Diagnostics;
using MoR.EndToEnd.Tests.BadInput;
using MoR.EndToEnd.Tests.Processes;
using MoR.EndToEnd.Tests.World;

namespace MoR.EndToEnd.Tests;

/// <summary>A run's folder survives what happens to it: two programs, damage, a full disk.</summary>
public sealed class RunSafetyTests(OneAdapterTests.Whole whole) : IClassFixture<OneAdapterTests.Whole>
{
    [Fact]
    public async Task A_folder_in_use_is_left_alone()
    {
        using var world = new TinyWorld();
        await using var owner = MorProcess.Start(
            "train", world.Recipe, "--output", world["run"], "--steps", "1000000", "--no-eval");
        await owner.UntilLinesAsync(world["run"], 5);
        var user = $"in use by process {owner.Id}";

        Refusal.Check(await InProcess.RunAsync("train", world.Recipe, "--output", world["run"]), 2, world["run"], user);
        Refusal.Check(await MorProcess.RunAsync("train", "--resume", world["run"]), 2, world["run"], user);

        // Readers need no lock, and the owner goes on.
        await owner.UntilAsync("a checkpoint is there", () => Directory.Exists(world["run/adapter/"]));
        (await InProcess.RunAsync("generate", world["run"], "--prompt", "red", "--max-tokens", "2")).Succeeded();
        await owner.UntilLinesAsync(world["run"], RunFiles.MetricLines(world["run"]) + 5);
    }

    [Theory]
    [InlineData("adapter.safetensors", false)]
    [InlineData("optimizer.safetensors", true)]
    [InlineData("trainer_state.json", true)]
    [InlineData("manifest.json", true)]
    public async Task A_damaged_checkpoint_is_named_and_the_one_before_it_used(string file, bool torn)
    {
        using var world = new TinyWorld();
        (await InProcess.RunAsync([.. Train(world, "run"), "--stop-after", "20"])).Succeeded();
        Damage(world[$"run/checkpoints/step-000020/{file}"], torn);

        var resumed = (await InProcess.RunAsync("train", "--resume", world["run"])).Succeeded();

        Assert.Contains($"step-000020/{file}", resumed.Error, StringComparison.Ordinal);
        Assert.Equal(whole.Run.AdapterSha256, resumed.AdapterSha256);
        Assert.Equal(Enumerable.Range(1, 40).Select(step => (long)step), RunFiles.Steps(world["run"]));
    }

    [SkippableFact]
    public async Task A_full_disk_ends_the_run_and_leaves_the_last_good_checkpoint()
    {
        using var world = new TinyWorld();
        Directory.CreateDirectory(world["small"]);
        Skip.IfNot(
            Environment.IsPrivilegedProcess
                && Mount("mount", "-t", "tmpfs", "-o", "size=320k", "tmpfs", world["small"]),
            "Only root can mount the small disk that this test fills.");
        try
        {
            Refusal.Check(
                await InProcess.RunAsync(Train(world, "small/run")),
                1, world["small/run"], "no space left", "Free some space");
            Assert.StartsWith("step-", RunFiles.Checkpoints(world["small/run"])[^1], StringComparison.Ordinal);
            Refusal.Check(await InProcess.RunAsync("train", "--resume", world["small/run"]), 1, "no space left");

            Assert.True(Mount("mount", "-o", "remount,size=8m", world["small"]));
            var resumed = (await InProcess.RunAsync("train", "--resume", world["small/run"])).Succeeded();
            Assert.Equal(whole.Run.AdapterSha256, resumed.AdapterSha256);
        }
        finally
        {
            Mount("umount", "-l", world["small"]);
        }
    }

    private static string[] Train(TinyWorld world, string run) =>
        ["train", world.Recipe, "--output", world[run], "--no-eval"];

    private static void Damage(string path, bool torn)
    {
        var bytes = File.ReadAllBytes(path);
        bytes[bytes.Length / 2] ^= 4;
        File.WriteAllBytes(path, torn ? bytes[..(bytes.Length / 2)] : bytes);
    }

    private static bool Mount(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
