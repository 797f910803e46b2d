using MoR.EndToEnd.Tests.Processes;
using MoR.EndToEnd.Tests.World;

namespace MoR.EndToEnd.Tests;

/// <summary>What the options and recipe keys of training do.</summary>
public sealed class TrainBehaviourTests
{
    [Fact]
    public async Task A_dry_run_shows_what_would_be_learnt_and_changes_nothing()
    {
        using var world = new TinyWorld();
        var before = world.Snapshot();
        var run = await MorProcess.RunAsync("train", world.Recipe, "--output", world["run"], "--dry-run");

        Assert.True((bool)run.Succeeded().Json["dry_run"]!);
        var row = File.ReadLines(world["data/train.tsv"]).Skip(1).First().Split('\t');
        Assert.Contains($"{row[0]} red?⟦ {row[1]}<end>⟧", run.Error, StringComparison.Ordinal);
        Assert.Equal(96, (int)run.Json["sequences"]!);
        Assert.Equal(96 * 3, (int)run.Json["supervised_tokens"]!);
        Assert.True((long)run.Json["memory_bytes"]! > 0);
        Assert.Equal(before, world.Snapshot());
    }

    [Fact]
    public async Task A_dry_run_of_a_run_that_goes_on_changes_nothing()
    {
        using var world = new TinyWorld();
        (await InProcess.RunAsync(Train(world, "--stop-after", "3"))).Succeeded();
        var before = world.Snapshot();

        (await InProcess.RunAsync("train", "--resume", world["run"], "--dry-run")).Succeeded();

        Assert.Equal(before, world.Snapshot());
    }

    [Fact]
    public async Task The_newest_checkpoints_and_the_best_one_are_kept()
    {
        using var world = new TinyWorld();
        (await InProcess.RunAsync(Train(world, "--set", "evaluation.every_steps=4", "--set", "checkpoint.keep=2")))
            .Succeeded();

        var evaluations = Evaluations(world);
        Assert.Equal(Enumerable.Range(0, 11).Select(i => 4L * i), evaluations.Select(item => item.Step));
        var best = evaluations.Where(item => item.Step > 0).MaxBy(item => item.Accuracy).Step;
        string[] kept = [$"step-{best:D6}", "step-000036", "step-000040"];
        Assert.Equal(kept.Distinct().Order(), RunFiles.Checkpoints(world["run"]));
        Assert.Equal($"checkpoints/step-{best:D6}", new FileInfo(world["run/adapter"]).LinkTarget);
    }

    [Fact]
    public async Task Without_evaluations_the_adapter_is_the_last_checkpoint()
    {
        using var world = new TinyWorld();
        (await InProcess.RunAsync(Train(world, "--no-eval", "--set", "checkpoint.keep=1"))).Succeeded();

        Assert.Equal(["step-000040"], RunFiles.Checkpoints(world["run"]));
        Assert.Equal("checkpoints/step-000040", new FileInfo(world["run/adapter"]).LinkTarget);
        Assert.DoesNotContain(RunFiles.Metrics(world["run"]), line => line.ContainsKey("evaluation"));
    }

    [Fact]
    public async Task A_run_stops_early_when_it_no_longer_gains()
    {
        using var world = new TinyWorld();
        var run = await InProcess.RunAsync(Train(
            world, "--steps", "200", "--set", "evaluation.every_steps=2", "--set", "evaluation.early_stop_patience=3",
            "--set", "training.learning_rate=1e-9"));

        // Nothing is learnt at this rate: the evaluation at step 2 stays the best, and three more do not gain.
        Assert.Equal(8, (long)run.Succeeded().Json["steps"]!);
        Assert.Equal("checkpoints/step-000002", new FileInfo(world["run/adapter"]).LinkTarget);
        Assert.True((double)run.Json["loss_last"]! > 0);

        var again = await InProcess.RunAsync("train", "--resume", world["run"]);
        Assert.Equal(8, (long)again.Succeeded().Json["steps"]!);
        Assert.Equal(run.AdapterSha256, again.AdapterSha256);
    }

    [Fact]
    public async Task A_finished_run_goes_on_to_more_steps()
    {
        using var world = new TinyWorld();
        var first = (await InProcess.RunAsync(Train(world, "--steps", "6"))).Succeeded();
        var same = (await InProcess.RunAsync("train", "--resume", world["run"])).Succeeded();
        var more = (await InProcess.RunAsync("train", "--resume", world["run"], "--steps", "9")).Succeeded();

        Assert.Equal(first.AdapterSha256, same.AdapterSha256);
        Assert.Equal(9, (long)more.Json["steps"]!);
        Assert.Equal((double)first.Json["loss_first"]!, (double)more.Json["loss_first"]!);
        Assert.NotEqual(first.AdapterSha256, more.AdapterSha256);
        Assert.Equal(Enumerable.Range(1, 9).Select(step => (long)step), RunFiles.Steps(world["run"]));
    }

    [Fact]
    public async Task Stopping_after_more_than_there_is_completes_the_run()
    {
        using var world = new TinyWorld();
        var run = await InProcess.RunAsync(Train(world, "--steps", "4", "--stop-after", "99"));

        Assert.Equal(4, (long)run.Succeeded().Json["steps"]!);
        Assert.NotNull(run.Json["loss_last"]);
    }

    [Fact]
    public async Task The_run_folder_has_a_name_of_its_own_by_default()
    {
        using var world = new TinyWorld();
        world.Edit("recipe.yaml", "name: tiny", $"name: {Path.GetFileName(world.Folder).ToLowerInvariant()}");
        var names = new List<string>();
        try
        {
            for (var i = 0; i < 2; i++)
            {
                var run = await InProcess.RunAsync("train", world.Recipe, "--steps", "1", "--no-eval");
                names.Add((string)run.Succeeded().Json["run"]!);
            }

            Assert.Equal(names[0] + "-2", names[1]);
            Assert.Equal("runs", Path.GetFileName(Path.GetDirectoryName(names[0])));
        }
        finally
        {
            names.ForEach(name => Directory.Delete(name, recursive: true));
        }
    }

    private static string[] Train(TinyWorld world, params string[] more) =>
        ["train", world.Recipe, "--output", world["run"], .. more];

    private static (long Step, double Accuracy)[] Evaluations(TinyWorld world) =>
    [
        .. RunFiles.Metrics(world["run"])
            .Where(line => line.ContainsKey("evaluation"))
            .Select(line => ((long)line["step"]!, (double)line["evaluation"]!["colours"]!["accuracy"]!)),
    ];
}
