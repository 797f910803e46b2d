using System.Text.Json.Nodes;
using MoR.Cluster.Disk.Runtime;
using MoR.EndToEnd.Tests.Processes;
using MoR.EndToEnd.Tests.World;
using MoR.Model.Safetensors;

namespace MoR.EndToEnd.Tests;

/// <summary><c>mor compare</c>: the runs are those of <c>mor train</c>, and its figures do not depend on interruptions.</summary>
public sealed class ComparisonTests(ComparisonTests.Whole whole) : IClassFixture<ComparisonTests.Whole>
{
    private const int Times = 2; // the last columns, which no two runs have alike
    private const string Plan = """
        recipe: recipe.yaml
        seeds: 1..2
        reference: topk
        match: {configuration: topk, tolerance: 0.2}
        configurations:
          none: {router: {kind: none, top_k: 1}, experts: {count: 1, shards: 1}}
          topk: {router: {kind: topk}}
          mor: {training: {learning_rate: 2e-2}}
        training: {steps: 4}
        evaluation: {max_items: 10}
        """;

    private static readonly string[] Names = ["none", "topk", "mor"];

    [Fact]
    public void Every_run_has_a_row_for_the_task_and_one_over_all_in_the_plans_order()
    {
        var rows = Rows(whole.World);

        string[] runs = [.. Names.SelectMany(_ => (int[])[1, 2], (name, seed) => $"{name},{seed}")];
        var expected = runs.SelectMany(_ => (string[])["colours", "(all)"], (run, task) => $"{run},{task},10,accuracy");
        Assert.Equal(expected, rows.Select(row => string.Join(',', row.Values.Take(5))));
        Assert.All(rows, row => Assert.Equal(23, row.Count));
        foreach (var pair in rows.Chunk(2))
        {
            Assert.Equal(pair[0].Values.Skip(3), pair[1].Values.Skip(3));
        }
    }

    [Theory]
    [InlineData("none")]
    [InlineData("topk")]
    [InlineData("mor")]
    public async Task A_run_is_the_one_that_train_makes_of_the_same_recipe(string name)
    {
        using var world = new TinyWorld();
        var row = Row(whole.World, name, 2);
        var recipe = whole.World[$"out/{name}-seed2/recipe.yaml"];

        var train = (await InProcess.RunAsync(
            "train", recipe, "--set", $"backbone.path={world.Backbone}", "--set", $"data.folder={world["data"]}",
            "--set", $"data.tasks={world.Task}", "--output", world["run"])).Succeeded().Json;

        Assert.Equal((string)train["adapter_sha256"]!, row["adapter_sha256"]);
        Assert.Equal((double)train["loss_last"]!, double.Parse(row["loss_last"]));
        Assert.Equal((double)train["accuracy"]!["colours"]!["before"]!, double.Parse(row["before"]));
        Assert.Equal((double)train["accuracy"]!["colours"]!["after"]!, double.Parse(row["accuracy_after"]));
        Assert.Equal("4", row["steps"]);
        if (name == "none")
        {
            Assert.Equal(("", "", ""), (row["load_cv"], row["dead_experts"], row["dead_expert_share"]));
        }
        else
        {
            Assert.Equal((double)train["load_cv"]!, double.Parse(row["load_cv"]));
            Assert.Equal((int)train["dead_experts"]!, int.Parse(row["dead_experts"]));
            Assert.Equal(int.Parse(row["dead_experts"]) / (4 * 4 * 2.0), double.Parse(row["dead_expert_share"]));
        }
    }

    [Fact]
    public async Task Any_run_can_be_evaluated_and_reported_as_usual()
    {
        var evaluated = await InProcess.RunAsync("evaluate", whole.World["out/mor-seed1"]);

        Assert.Equal(
            (double)evaluated.Succeeded().Json["tasks"]!["colours"]!["accuracy"]!,
            double.Parse(Row(whole.World, "mor", 1)["after"]));
        Assert.True(File.Exists(whole.World["out/mor-seed1/report.html"]));
    }

    [Fact]
    public void Parameters_are_those_in_the_adapters_and_within_the_tolerance()
    {
        var budget = long.Parse(Row(whole.World, "topk", 1)["parameters"]);
        foreach (var name in Names)
        {
            var row = Row(whole.World, name, 1);
            using var adapter = SafetensorsFile.Open(whole.World[$"out/{name}-seed1/adapter/adapter.safetensors"]);
            var counts = adapter.Tensors.Values.ToLookup(
                entry => entry.Name.Contains(".router.", StringComparison.Ordinal),
                entry => entry.Shape.Aggregate(1L, (product, size) => product * size));

            Assert.Equal(counts[true].Sum(), long.Parse(row["router_parameters"]));
            Assert.Equal(counts[false].Sum(), long.Parse(row["expert_parameters"]));
            Assert.Equal(counts[true].Sum() + counts[false].Sum(), long.Parse(row["parameters"]));
            Assert.InRange(long.Parse(row["parameters"]), budget * 0.8, budget * 1.2);
        }
    }

    [Fact]
    public void The_best_constant_answer_is_that_of_the_items_that_are_evaluated()
    {
        // 40 items, every other one red, of which 10 are drawn by the seed: never fewer than half are of one kind.
        foreach (var row in Rows(whole.World))
        {
            var constant = double.Parse(row["constant_accuracy"]);
            Assert.InRange(constant, 0.5, 1);
            Assert.Equal(double.Parse(row["accuracy_after"]) - constant, double.Parse(row["gain_over_constant"]), 1e-15);
            Assert.Equal(Row(whole.World, "topk", int.Parse(row["seed"]))["constant_accuracy"], row["constant_accuracy"]);
        }
    }

    [Fact]
    public void The_json_and_the_table_have_every_configuration_and_comparison()
    {
        var json = whole.Json;

        Assert.Equal((6, 6), ((int)json["runs"]!, (int)json["complete"]!));
        Assert.Equal(Names, json["configurations"]!.AsArray().Select(item => (string)item!["name"]!));
        Assert.Equal(["none", "mor"], json["comparisons"]!.AsArray().Select(item => (string)item!["configuration"]!));
        var mean = (Accuracy("mor", 1) + Accuracy("mor", 2)) / 2;
        Assert.Equal(mean, (double)json["configurations"]![2]!["accuracy"]!["colours"]!["mean"]!, 1e-12);
        var difference = mean - ((Accuracy("topk", 1) + Accuracy("topk", 2)) / 2);
        Assert.Equal(difference, (double)json["comparisons"]![1]!["difference"]!, 1e-12);
        var table = File.ReadAllText((string)json["table"]!);
        Assert.Contains($"| mor | {Row(whole.World, "mor", 1)["parameters"]} |", table, StringComparison.Ordinal);
        Assert.Contains("Complete runs: 6 of 6.", table, StringComparison.Ordinal);
        Assert.Contains("Comparisons made: 2.", table, StringComparison.Ordinal);

        double Accuracy(string name, int seed) => double.Parse(Row(whole.World, name, seed)["accuracy_after"]);
    }

    [Fact]
    public async Task However_often_it_is_interrupted_it_gives_the_same_figures()
    {
        using var world = new TinyWorld();
        foreach (var (text, complete) in ((string, int)[])
            [("none-seed1: step 0: colours", 0), ("topk-seed1: step 4: colours", 2), ("[4/6] none-seed2: accuracy", 4)])
        {
            var run = (await InProcess.InterruptedAtAsync(text, Compare(world))).Ended(3);
            Assert.Equal(complete, (int)run.Json["complete"]!);
            Assert.Contains("go on with: ", run.Error, StringComparison.Ordinal);
            Assert.Equal(complete * 2, Rows(world).Length);
        }

        var last = (await InProcess.RunAsync(Compare(world))).Succeeded();

        Assert.Equal(6, (int)last.Json["complete"]!);
        Assert.Equal(WithoutTimes(whole.World), WithoutTimes(world));
    }

    [Fact]
    public async Task A_finished_comparison_trains_nothing_again_and_writes_the_same_bytes()
    {
        var before = whole.World.Snapshot();

        var again = (await InProcess.RunAsync(Compare(whole.World))).Succeeded();

        Assert.Equal(before, whole.World.Snapshot());
        Assert.DoesNotContain("step 0", again.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Seeds_and_configurations_may_be_added_and_nothing_else_may_change()
    {
        using var world = new TinyWorld();
        (await InProcess.InterruptedAtAsync("none-seed1: accuracy", Compare(world))).Ended(3);

        await RefusedAsync("seeds=2..3", "seeds 1 are no longer in the plan");
        await RefusedAsync("training.steps=7", "configuration none has changed: training.steps was 4 and is 7");
        world.Edit("plan.yaml", "none: {", "lora: {");
        await RefusedAsync("seeds=1..2", "configuration none is no longer in the plan");
        world.Edit("plan.yaml", "lora: {", "none: {");
        world.Edit("data/train.tsv", "yes", "no");
        await RefusedAsync("seeds=1..2", "tasks, data or tokenizer have changed since");
        File.WriteAllText(world["data/train.tsv"], File.ReadAllText(whole.World["data/train.tsv"]));
        world.Edit("plan.yaml", "  mor: {", "  more: {}\n  mor: {");
        var added = await InProcess.InterruptedAtAsync("none-seed3: step 0", Compare(world, "seeds=[1, 3, 2]"));

        Assert.Equal(12, (int)added.Ended(3).Json["runs"]!);
        Assert.Equal(4, (int)added.Json["complete"]!);

        async Task RefusedAsync(string set, string expected)
        {
            var before = world.Snapshot();
            var refused = (await InProcess.RunAsync(Compare(world, set))).Ended(2);
            Assert.Contains(expected, refused.Error, StringComparison.Ordinal);
            Assert.Equal(before, world.Snapshot());
        }
    }

    [Fact]
    public async Task A_run_that_was_cut_short_goes_on_where_its_task_now_lies()
    {
        using var world = new TinyWorld();
        (await InProcess.InterruptedAtAsync("none-seed1: step 0: colours", Compare(world))).Ended(3);
        File.Move(world.Task, world["moved.yaml"]);
        world.Edit("recipe.yaml", "tasks: [task.yaml]", "tasks: [moved.yaml]");

        (await InProcess.InterruptedAtAsync("none-seed1: accuracy", Compare(world))).Ended(3);

        Assert.Equal(Row(whole.World, "none", 1)["adapter_sha256"], Rows(world)[0]["adapter_sha256"]);
    }

    [Fact]
    public async Task A_run_that_fails_is_named_at_the_end_and_the_others_are_compared()
    {
        using var world = new TinyWorld();
        var arguments = Compare(world, "seeds=[1]");

        var run = (await InProcess.OnDiskAsync(FailingDisk.At(world["out/topk-seed1"]), arguments)).Ended(1);

        Assert.Contains("1 of 3 runs failed (topk-seed1)", run.Error, StringComparison.Ordinal);
        Assert.Equal(["none", "mor"], Rows(world).Select(row => row["configuration"]).Distinct());
        Assert.Equal(3, (int)(await InProcess.RunAsync(arguments)).Succeeded().Json["complete"]!);
    }

    [Fact]
    public async Task A_run_that_somebody_trained_on_by_himself_is_refused()
    {
        using var world = new TinyWorld();
        (await InProcess.InterruptedAtAsync("none-seed1: accuracy", Compare(world))).Ended(3);
        (await InProcess.RunAsync("train", "--resume", world["out/none-seed1"], "--steps", "8")).Succeeded();

        var refused = (await InProcess.RunAsync(Compare(world))).Ended(2);

        Assert.Contains("training.steps was 8 and is 4", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dry_run_prints_grid_parameters_and_cost_and_changes_nothing()
    {
        using var world = new TinyWorld();
        var arguments = Compare(world);
        var before = world.Snapshot();

        var run = (await InProcess.RunAsync([.. arguments, "--dry-run"])).Succeeded();

        Assert.Equal(before, world.Snapshot());
        Assert.Equal((6, 0), ((int)run.Json["runs"]!, (int)run.Json["complete"]!));
        Assert.Equal(
            Names.Select(name => long.Parse(Row(whole.World, name, 1)["expert_parameters"])),
            run.Json["configurations"]!.AsArray().Select(item => (long)item!["expert_parameters"]!));
        Assert.Contains("3 configurations × 2 seeds = 6 runs", run.Error, StringComparison.Ordinal);
        Assert.Contains("a run: 4 steps", run.Error, StringComparison.Ordinal);
        Assert.True((double)run.Json["tokens_per_run"]! > 4 * 6);
    }

    [Fact]
    public async Task A_folder_of_something_else_and_one_in_use_are_refused()
    {
        using var world = new TinyWorld();
        Directory.CreateDirectory(world["out"]);
        File.WriteAllText(world["out/letter.txt"], "mine");

        var refused = (await InProcess.RunAsync(Compare(world))).Ended(2);

        Assert.Contains("it is no comparison and not empty: it holds 'letter.txt'", refused.Error, StringComparison.Ordinal);
        Assert.Equal(["letter.txt"], Directory.GetFileSystemEntries(world["out"]).Select(Path.GetFileName));

        File.Delete(world["out/letter.txt"]);
        using var held = new PhysicalDisk().TryLock(world["out/lock"], out _);
        Assert.NotNull(held);
        refused = (await InProcess.RunAsync(Compare(world))).Ended(2);

        Assert.Contains("the folder is in use by process ", refused.Error, StringComparison.Ordinal);
        Assert.Equal(["lock"], Directory.GetFileSystemEntries(world["out"]).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Experts_without_a_row_are_counted_over_all_sites()
    {
        using var world = new TinyWorld();

        // At most 6 rows of 32 tokens with 2 experts each: most of 300 experts get none.
        var run = (await InProcess.RunAsync(
            "train", world.Recipe, "--set", "experts.count=300", "--set", "experts.rank=1", "--steps", "1", "--no-eval",
            "--output", world["run"])).Succeeded();

        var load = RunFiles.Metrics(world["run"]).Single()["load"]!.AsObject();
        var dead = load.Sum(site => site.Value!.AsArray().Count(rows => (long)rows! == 0));
        Assert.Equal(8, load.Count);
        Assert.InRange(dead, 1, (8 * 300) - 1);
        Assert.Equal(dead, (int)run.Json["dead_experts"]!);
        Assert.Contains("experts without a row", File.ReadAllText(world["run/report.html"]), StringComparison.Ordinal);
    }

    private static string[] Compare(TinyWorld world, string? set = null)
    {
        if (!File.Exists(world["plan.yaml"]))
        {
            File.WriteAllText(world["plan.yaml"], Plan);
        }

        string[] more = set is null ? [] : ["--set", set];
        return ["compare", world["plan.yaml"], "--output", world["out"], .. more];
    }

    private static Dictionary<string, string>[] Rows(TinyWorld world)
    {
        var lines = File.ReadAllLines(world["out/compare.csv"]);
        var columns = lines[0].Split(',');
        return [.. lines.Skip(1).Select(line => columns.Zip(line.Split(',')).ToDictionary(item => item.First, item => item.Second))];
    }

    private static Dictionary<string, string> Row(TinyWorld world, string name, int seed) =>
        Rows(world).First(row => row["configuration"] == name && row["seed"] == $"{seed}");

    private static string[] WithoutTimes(TinyWorld world) =>
        [.. File.ReadAllLines(world["out/compare.csv"]).Select(line => string.Join(',', line.Split(',')[..^Times]))];

    /// <summary>A comparison that nothing interrupted.</summary>
    public sealed class Whole : IAsyncLifetime
    {
        internal TinyWorld World { get; } = new();

        internal JsonObject Json { get; private set; } = [];

        public async Task InitializeAsync() => Json = (await InProcess.RunAsync(Compare(World))).Succeeded().Json;

        public Task DisposeAsync()
        {
            World.Dispose();
            return Task.CompletedTask;
        }
    }
}
