using System.Text.Json.Nodes;
using MoR.EndToEnd.Tests.Processes;
using MoR.EndToEnd.Tests.World;

namespace MoR.EndToEnd.Tests;

/// <summary>What a run that goes on must know of its past: evaluations, the best checkpoint, exact values, its recipe.</summary>
public sealed class GoingOnTests
{
    [Fact]
    public async Task An_evaluation_that_a_crash_prevented_is_made_up_for()
    {
        using var world = new TinyWorld();
        await TrainAsync(world, "--set", "evaluation.every_steps=8", "--no-eval", "--stop-after", "8");

        await ResumeAsync(world, "--stop-after", "10");

        Assert.Equal([8], Evaluations(world));
    }

    [Fact]
    public async Task A_run_that_was_interrupted_in_its_last_evaluation_makes_up_for_it()
    {
        using var world = new TinyWorld();
        File.WriteAllText(
            world["second.yaml"],
            File.ReadAllText(world.Task).Replace("name: colours", "name: shades", StringComparison.Ordinal));
        world.Edit("recipe.yaml", "[task.yaml]", "[task.yaml, second.yaml]");
        (await InProcess.InterruptedAtAsync(
            "step 3: colours", "train", world.Recipe, "--steps", "3", "--output", world["run"])).Ended(3);
        Assert.Equal([0], Evaluations(world));

        var run = await ResumeAsync(world);

        Assert.Equal([0, 3], Evaluations(world));
        Assert.All((string[])["colours", "shades"], task => Assert.NotNull(run.Json["accuracy"]![task]!["after"]));
    }

    [Fact]
    public async Task Beginning_anew_before_the_first_checkpoint_evaluates_once()
    {
        using var world = new TinyWorld();
        await TrainAsync(world, "--stop-after", "1");
        Directory.Delete(world["run/checkpoints"], recursive: true);
        File.Delete(world["run/adapter"]);

        await ResumeAsync(world, "--stop-after", "1");

        Assert.Equal([0], Evaluations(world));
    }

    [Fact]
    public async Task A_damaged_best_checkpoint_does_not_keep_a_run_from_saving()
    {
        using var world = new TinyWorld();
        await TrainAsync(world, "--set", "evaluation.every_steps=1", "--set", "checkpoint.keep=3", "--stop-after", "3");
        var best = "run/checkpoints/step-000002";
        var state = world["run/checkpoints/step-000003/trainer_state.json"];
        var manifest = world["run/checkpoints/step-000003/manifest.json"];
        Assert.True(Directory.Exists(world[best]));
        SetBest(state, manifest, step: 2);
        File.WriteAllText(world[best + "/adapter.safetensors"], "damaged");

        await ResumeAsync(world, "--stop-after", "4", "--no-eval");

        Assert.Equal("checkpoints/step-000004", new FileInfo(world["run/adapter"]).LinkTarget);
    }

    [Fact]
    public async Task A_pause_in_float64_changes_no_bit()
    {
        using var whole = new TinyWorld();
        using var paused = new TinyWorld();
        await TrainAsync(whole, "--set", "backbone.dtype=f64", "--no-eval", "--steps", "6");
        await TrainAsync(paused, "--set", "backbone.dtype=f64", "--no-eval", "--steps", "6", "--stop-after", "3");

        await ResumeAsync(paused, "--no-eval");

        foreach (var file in new[] { "adapter", "optimizer" })
        {
            var path = $"run/checkpoints/step-000006/{file}.safetensors";
            Assert.Equal(File.ReadAllBytes(whole[path]), File.ReadAllBytes(paused[path]));
        }
    }

    [Fact]
    public async Task What_a_run_goes_on_with_stands_in_its_recipe()
    {
        using var world = new TinyWorld();
        await TrainAsync(world, "--no-eval", "--stop-after", "1");
        Directory.Move(world.Backbone, world["moved"]);

        await ResumeAsync(world, "--no-eval", "--stop-after", "2", "--set", $"backbone.path={world["moved"]}");

        (await InProcess.RunAsync("evaluate", world["run"], "--json")).Succeeded();
    }

    [Fact]
    public async Task Tasks_without_a_split_to_evaluate_on_are_trained_on()
    {
        using var world = new TinyWorld();
        world.Edit("task.yaml", "  dev: dev.tsv\n", "");

        var run = await TrainAsync(world, "--steps", "2");

        Assert.Empty(run.Json["accuracy"]!.AsObject());
        var refused = (await InProcess.RunAsync("evaluate", world["run"], "--json")).Ended(2);
        Assert.Contains("has no split to evaluate on", refused.Error, StringComparison.Ordinal);
    }

    private static async Task<MorRun> TrainAsync(TinyWorld world, params string[] more) =>
        (await InProcess.RunAsync(["train", world.Recipe, "--output", world["run"], "--json", .. more])).Succeeded();

    private static async Task<MorRun> ResumeAsync(TinyWorld world, params string[] more) =>
        (await InProcess.RunAsync(["train", "--resume", world["run"], "--json", .. more])).Succeeded();

    private static long[] Evaluations(TinyWorld world) =>
    [
        .. RunFiles.Metrics(world["run"]).Where(line => line.ContainsKey("evaluation")).Select(line => (long)line["step"]!),
    ];

    /// <summary>Says in a checkpoint that another step was the best, with a manifest that agrees.</summary>
    private static void SetBest(string state, string manifest, long step)
    {
        var progress = JsonNode.Parse(File.ReadAllText(state))!;
        progress["best_step"] = step;
        File.WriteAllText(state, progress.ToJsonString());
        var content = File.ReadAllBytes(state);
        var files = JsonNode.Parse(File.ReadAllText(manifest))!;
        var entry = files["files"]!.AsArray().Single(file => (string)file!["name"]! == "trainer_state.json")!;
        entry["bytes"] = content.Length;
        entry["sha256"] = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(content));
        File.WriteAllText(manifest, files.ToJsonString());
    }
}
