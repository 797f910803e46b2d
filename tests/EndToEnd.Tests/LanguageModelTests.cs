using MoR.EndToEnd.Tests.Processes;
using MoR.EndToEnd.Tests.World;
using MoR.Model.Tests.Reference;
using MoR.Tests;

namespace MoR.EndToEnd.Tests;

/// <summary>A task of plain text: every token is learnt and predicted, and a lower perplexity is the better.</summary>
public sealed class LanguageModelTests
{
    private const string Text = "yes no yes no ab abc yes ";

    [Fact]
    public async Task The_perplexity_of_a_text_is_the_references()
    {
        using var world = TextWorld();
        var text = File.ReadAllText(world["data/dev.txt"]);
        var reference = new ReferenceModel(TinyWorld.Config, TinyTensors.Llama(TinyWorld.Config, seed: 1).Values);

        var run = await InProcess.RunAsync(
            "evaluate", "--backbone", world.Backbone, "--task", world.Task, "--data", world["data"], "--max-items", "0");

        // Without a run a window has as many tokens as the backbone has positions: 64.
        var tokens = Tokens(text);
        var sum = 0.0;
        for (var start = 0; start + 1 < tokens.Length; start += 63)
        {
            var window = tokens[start..Math.Min(tokens.Length, start + 64)];
            sum += reference.Nll(window) * (window.Length - 1);
        }

        var result = run.Succeeded().Json["tasks"]!["colours"]!.AsObject();
        Assert.Equal("perplexity", (string)result["metric"]!);
        Assert.Equal(sum / (tokens.Length - 1), (double)result["nll"]!, 1e-4);
        Assert.Equal(Math.Exp((double)result["nll"]!), (double)result["value"]!, 1e-9);
        Assert.Equal(tokens.Length - 1, (int)result["predicted_tokens"]!);
        Assert.Equal((tokens.Length - 1 + 62) / 63, (int)result["items"]!);
        Assert.False(result.ContainsKey("accuracy") || result.ContainsKey("majority_baseline"), "a text has no accuracy");
    }

    [Fact]
    public async Task The_best_checkpoint_has_the_lowest_perplexity_and_the_json_no_accuracy()
    {
        using var world = TextWorld();

        var run = await InProcess.RunAsync(
            "train", world.Recipe, "--steps", "24", "--set", "evaluation.every_steps=4", "--set", "checkpoint.keep=1",
            "--output", world["run"]);

        var json = run.Succeeded().Json;
        Assert.Empty(json["accuracy"]!.AsObject());
        var metrics = json["metrics"]!["colours"]!;
        Assert.True((double)metrics["after"]! < (double)metrics["before"]!, $"{metrics}");
        var evaluations = RunFiles.Metrics(world["run"])
            .Where(line => line.ContainsKey("evaluation"))
            .Select(line => (Step: (long)line["step"]!, Score: line["evaluation"]!["colours"]!.AsObject())).ToArray();
        Assert.Equal(7, evaluations.Length);
        Assert.All(evaluations, item => Assert.False(item.Score.ContainsKey("accuracy")));
        var best = evaluations.Where(item => item.Step > 0).MinBy(item => (double)item.Score["value"]!).Step;
        Assert.Equal($"checkpoints/step-{best:D6}", new FileInfo(world["run/adapter"]).LinkTarget);
        Assert.Contains("perplexity (lower is better)", File.ReadAllText(world["run/report.html"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_stops_early_when_the_perplexity_falls_no_more()
    {
        using var world = TextWorld();

        // At a learning rate this high the perplexity rises from the first evaluation on, which is a gain for no one.
        var run = await InProcess.RunAsync(
            "train", world.Recipe, "--steps", "60", "--set", "evaluation.every_steps=1", "--set",
            "evaluation.early_stop_patience=4", "--set", "training.learning_rate=5", "--set", "training.schedule=constant",
            "--set", "training.warmup_fraction=0", "--output", world["run"]);

        var values = RunFiles.Metrics(run.Succeeded().Json["run"]!.ToString())
            .Where(line => line.ContainsKey("evaluation") && (long)line["step"]! > 0)
            .Select(line => (double?)line["evaluation"]!["colours"]!["value"] ?? double.PositiveInfinity).ToArray();
        var best = Array.IndexOf(values, values.Min());
        Assert.Equal(best + 1 + 4, values.Length);
        Assert.True(values.Length < 60, "it never stopped");
    }

    [Fact]
    public async Task Completions_can_be_measured_by_perplexity_too()
    {
        using var world = new TinyWorld();
        world.Edit("task.yaml", "choices: [\"yes\", \"no\"]\nlabel: red", "completion: \" {red}\"\nmetric: perplexity");

        var run = await InProcess.RunAsync(
            "evaluate", "--backbone", world.Backbone, "--task", world.Task, "--data", world["data"], "--max-items", "0");

        // Of every answer the space, the word and the end of text are predicted.
        var result = run.Succeeded().Json["tasks"]!["colours"]!;
        Assert.Equal(40, (int)result["items"]!);
        Assert.Equal(40 * 3, (int)result["predicted_tokens"]!);
        var reference = new ReferenceModel(TinyWorld.Config, TinyTensors.Llama(TinyWorld.Config, seed: 1).Values);
        var sum = File.ReadLines(world["data/dev.tsv"]).Skip(1).Select(line => line.Split('\t')).Sum(row =>
        {
            int[] prompt = Tokens($"{row[0]} red?");
            int[] whole = [.. Tokens($"{row[0]} red? {row[1]}"), 0];
            return (reference.Nll(whole) * (whole.Length - 1)) - (reference.Nll(prompt) * (prompt.Length - 1));
        });
        Assert.Equal(sum / 120, (double)result["nll"]!, 1e-4);
    }

    [SkippableFact]
    public async Task Shakespeare_is_learnt_by_the_story_backbone()
    {
        var backbone = SharedData.Require("weights/story-llama-hf");
        var text = File.ReadAllText(SharedData.Require("text/tinyshakespeare.txt"));
        using var world = new TinyWorld();
        File.WriteAllText(world["data/train.txt"], text[..40_000]);
        File.WriteAllText(world["data/dev.txt"], text[^4_000..]);

        var run = await InProcess.RunAsync(
            "train", "language_model", "--set", $"backbone.path={backbone}", "--set", $"data.folder={world["data"]}",
            "--steps", "12", "--set", "training.batch_sequences=8", "--set", "data.max_tokens=64", "--set",
            "evaluation.every_steps=0", "--set", "evaluation.max_items=10", "--output", world["run"]);

        var metrics = run.Succeeded().Json["metrics"]!["language_model"]!;
        Assert.True((double)metrics["after"]! < 0.9 * (double)metrics["before"]!, $"{metrics}");
    }

    private static int[] Tokens(string text)
    {
        // The tokenizer's merges: yes, ye and no are whole.
        var vocabulary = TinyTokenizer.Tokens.ToList();
        var tokens = new List<int>();
        for (var i = 0; i < text.Length;)
        {
            var word = new[] { "yes", "ye", "no" }.FirstOrDefault(word => string.CompareOrdinal(text, i, word, 0, word.Length) == 0);
            var token = word ?? text[i].ToString();
            tokens.Add(vocabulary.IndexOf(token switch { " " => "Ġ", "\n" => "Ċ", _ => token }));
            i += token.Length;
        }

        return [.. tokens];
    }

    private static TinyWorld TextWorld()
    {
        var world = new TinyWorld();
        File.WriteAllText(world.Task, "name: colours\nformat: text\nsplits: {train: train.txt, dev: dev.txt}\n");
        File.WriteAllText(world["data/train.txt"], string.Concat(Enumerable.Repeat(Text, 60)));
        File.WriteAllText(world["data/dev.txt"], string.Concat(Enumerable.Repeat(Text, 12)));
        return world;
    }
}
