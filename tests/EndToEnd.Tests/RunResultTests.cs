using System.Security.Cryptography;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using MoR.EndToEnd.Tests.Processes;
using MoR.EndToEnd.Tests.World;
using MoR.Tests;

namespace MoR.EndToEnd.Tests;

/// <summary>What a finished run leaves: the promised keys, a whole folder, a loss that fell.</summary>
public sealed partial class RunResultTests
{
    private static readonly string[] PromisedKeys =
    [
        "run", "router", "steps", "loss_first", "loss_last", "tokens_per_second", "adapter_sha256", "accuracy",
        "load_cv", "nodes", "retries", "hedges",
    ];

    private static readonly string[] CheckpointFiles =
    [
        "adapter.safetensors", "adapter_config.json", "manifest.json", "optimizer.safetensors",
        "router_state.safetensors", "trainer_state.json",
    ];

    [SkippableTheory]
    [InlineData("rte", 30)]
    [InlineData("cola", 5)]
    [InlineData("arc_easy", 3)]
    public async Task A_recipe_trains_the_story_backbone_on_real_data(string recipe, int steps)
    {
        var backbone = SharedData.Require("weights/story-llama-hf");
        var data = SharedData.Require("tasks");
        using var world = new TinyWorld();

        var run = await MorProcess.RunAsync(
            "train", recipe, "--set", $"backbone.path={backbone}", "--set", $"data.folder={data}",
            "--steps", $"{steps}", "--set", "training.batch_sequences=4", "--set", "training.micro_batch_sequences=2",
            "--set", "evaluation.max_items=20", "--output", world["run"]);

        CheckJson(run.Succeeded().Json, world["run"], "mor", steps, recipe);
        CheckFolder(run.Json, world["run"], steps);
        var after = await MorProcess.RunAsync("evaluate", world["run"]);
        Assert.Equal(
            (double)run.Json["accuracy"]![recipe]!["after"]!,
            (double)after.Succeeded().Json["tasks"]![recipe]!["accuracy"]!);
    }

    [SkippableFact]
    public async Task Threads_and_window_change_no_bit_on_the_story_backbone()
    {
        var backbone = SharedData.Require("weights/story-llama-hf");
        var data = SharedData.Require("tasks");
        using var world = new TinyWorld();
        var hashes = new List<string>();
        foreach (var (threads, window) in new[] { (1, 1), (2, 2), (7, 3) })
        {
            var run = await MorProcess.RunAsync(
                "train", "rte", "--set", $"backbone.path={backbone}", "--set", $"data.folder={data}", "--steps", "2",
                "--set", "training.batch_sequences=8", "--set", $"numerics.threads={threads}", "--set", $"training.window={window}",
                "--set", "training.micro_batch_sequences=2", "--no-eval", "--output", world[$"run{threads}"]);
            hashes.Add(run.Succeeded().AdapterSha256);
        }

        Assert.Single(hashes.Distinct());
    }

    [Theory]
    [InlineData("none", "dispatch")]
    [InlineData("topk", "linear")]
    [InlineData("topk", "dispatch")]
    [InlineData("topk", "block")]
    [InlineData("mor", "linear")]
    [InlineData("mor", "dispatch")]
    [InlineData("mor", "block")]
    public async Task Every_router_trains_in_every_scope(string kind, string scope)
    {
        using var world = new TinyWorld();
        if (kind == "none")
        {
            world.Edit("recipe.yaml", "count: 4, ", "");
            world.Edit("recipe.yaml", ", shards: 2", "");
            world.Edit("recipe.yaml", ", top_k: 2", "");
        }

        var run = await InProcess.RunAsync(
            "train", world.Recipe, "--set", $"router.kind={kind}", "--set", $"router.scope={scope}", "--steps", "3",
            "--output", world["run"]);

        CheckJson(run.Succeeded().Json, world["run"], kind, 3, "colours");
        CheckFolder(run.Json, world["run"], 3);
        var evaluated = await InProcess.RunAsync("evaluate", world["run"]);
        Assert.Equal(
            (double)run.Json["accuracy"]!["colours"]!["after"]!,
            (double)evaluated.Succeeded().Json["tasks"]!["colours"]!["accuracy"]!);
    }

    [Fact]
    public async Task The_tiny_task_is_learnt()
    {
        using var world = new TinyWorld();
        var run = await InProcess.RunAsync(
            "train", world.Recipe, "--steps", "80", "--set", "training.batch_sequences=16",
            "--set", "training.micro_batch_sequences=16", "--output", world["run"]);

        // 20 items, half of them red: to guess 18 of them is one chance in 5,000.
        var after = (double)run.Succeeded().Json["accuracy"]!["colours"]!["after"]!;
        Assert.True(after >= 0.9, $"accuracy {after}\n{run.Error}");
    }

    private static void CheckJson(JsonObject json, string folder, string router, int steps, string task)
    {
        Assert.All(PromisedKeys, key => Assert.True(json.ContainsKey(key), key));
        Assert.Equal(folder, (string)json["run"]!);
        Assert.Equal(router, (string)json["router"]!);
        Assert.Equal(steps, (long)json["steps"]!);
        var (first, last) = ((double)json["loss_first"]!, (double)json["loss_last"]!);
        Assert.True(last < first, $"the loss of the fixed batch went from {first} to {last}");
        Assert.True((double)json["tokens_per_second"]! > 0);
        Assert.InRange((double)json["accuracy"]![task]!["before"]!, 0, 1);
        Assert.InRange((double)json["accuracy"]![task]!["after"]!, 0, 1);
        Assert.Equal(router == "none", (double)json["load_cv"]! == 0);
        Assert.Equal(0, (int)json["nodes"]!);
        Assert.Equal(0, (int)json["retries"]!);
    }

    private static void CheckFolder(JsonObject json, string folder, int steps)
    {
        Assert.Equal(
            ["adapter", "checkpoints", "lock", "log.txt", "metrics.jsonl", "recipe.yaml", "report.html", "status.json"],
            new DirectoryInfo(folder).GetFileSystemInfos().Select(entry => entry.Name).Order(StringComparer.Ordinal));
        Assert.Equal(
            CheckpointFiles,
            Directory.GetFiles(Path.Combine(folder, "adapter/"))
                .Select(Path.GetFileName).Order(StringComparer.Ordinal));
        var adapter = SHA256.HashData(File.ReadAllBytes(Path.Combine(folder, "adapter/adapter.safetensors")));
        Assert.Equal((string)json["adapter_sha256"]!, Convert.ToHexStringLower(adapter));
        Assert.Equal(Enumerable.Range(1, steps).Select(step => (long)step), RunFiles.Steps(folder));
        var manifest = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "adapter/manifest.json")))!;
        Assert.Equal(
            CheckpointFiles.Except(["manifest.json"]),
            manifest["files"]!.AsArray().Select(entry => (string)entry!["name"]!));
        CheckReport(File.ReadAllText(Path.Combine(folder, "report.html")));
    }

    /// <summary>Every element that is opened is closed, in order.</summary>
    private static void CheckReport(string html)
    {
        Assert.StartsWith("<!doctype html>", html, StringComparison.OrdinalIgnoreCase);
        var open = new Stack<string>();
        foreach (Match tag in Tag().Matches(Raw().Replace(html, "")))
        {
            var name = tag.Groups["name"].Value.ToLowerInvariant();
            if (tag.Groups["close"].Success)
            {
                Assert.True(open.Count > 0, $"</{name}> closes nothing");
                Assert.Equal(open.Pop(), name);
            }
            else if (!tag.Groups["self"].Success && name is not ("meta" or "link" or "br" or "hr" or "img" or "col"))
            {
                open.Push(name);
            }
        }

        Assert.Empty(open);
    }

    [GeneratedRegex(
        """<(?<close>/)?(?<name>[a-zA-Z][a-zA-Z0-9]*)("[^"]*"|[^">])*?(?<self>/)?>""",
        RegexOptions.ExplicitCapture,
        1000)]
    private static partial Regex Tag();

    [GeneratedRegex("(?<=<style>).*?(?=</style>)|(?<=<script>).*?(?=</script>)", RegexOptions.Singleline, 1000)]
    private static partial Regex Raw();
}
