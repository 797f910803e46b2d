using MoR.Coordinator.Configuration;
using MoR.Coordinator.Evaluation;
using MoR.Coordinator.Models;
using MoR.Engine;
using MoR.EndToEnd.Tests.Processes;
using MoR.EndToEnd.Tests.World;
using MoR.Model.Adapters;
using MoR.Model.Backbone;
using MoR.Model.Experts;
using MoR.Model.Parameters;
using MoR.Model.Routing;
using MoR.Model.Segments;
using static TorchSharp.torch;

namespace MoR.EndToEnd.Tests;

/// <summary><c>mor pretrain</c> from its recipe to a backbone that <c>mor train</c> takes.</summary>
public sealed class PretrainTests : IDisposable
{
    private const int Steps = 24;
    private const int MaxTokens = 24;
    private const double ValidationFraction = 0.2;
    private readonly TinyWorld _world = new();

    public PretrainTests()
    {
        File.WriteAllText(_world["text.txt"], string.Concat(Enumerable.Range(0, 120).Select(i => $"{i} no, {i * i} yes. ")));
        File.WriteAllText(_world["pretrain.yaml"], $$"""
            name: fresh
            model: {hidden_size: 16, intermediate_size: 24, layers: 2, heads: 4, key_value_heads: 2, tied_embeddings: false}
            tokenizer: {path: backbone/tokenizer.json}
            data: {files: [text.txt], corpora: [counting], max_tokens: {{MaxTokens}}, validation_fraction: {{ValidationFraction}} }
            training: {steps: {{Steps}}, batch_sequences: 8, micro_batch_sequences: 2, learning_rate: 1e-2}
            evaluation: {every_steps: 8, max_sequences: 400}
            checkpoint: {every_steps: 5}
            numerics: {threads: 2}
            """);
    }

    [Fact]
    public async Task Threads_window_and_stops_change_no_bit()
    {
        await PretrainAsync("one");
        await PretrainAsync("other", "--set", "numerics.threads=5", "--set", "training.window=1");
        await PretrainAsync("cut", "--stop-after", "11");
        Assert.False(Directory.Exists(_world["cut/backbone"]));
        (await InProcess.RunAsync("pretrain", "--resume", _world["cut"], "--set", "training.window=3")).Succeeded();

        foreach (var file in new[] { "config.json", "model.safetensors", "tokenizer.json" })
        {
            Assert.Equal(Bytes("one", file), Bytes("other", file));
            Assert.Equal(Bytes("one", file), Bytes("cut", file));
        }

        Assert.Equal(
            File.ReadAllBytes(_world["one/checkpoints/step-000024/optimizer.safetensors"]),
            File.ReadAllBytes(_world["cut/checkpoints/step-000024/optimizer.safetensors"]));
        Assert.Equal(Enumerable.Range(1, Steps).Select(step => (long)step), RunFiles.Steps(_world["cut"]));
        Assert.Equal(File.ReadAllBytes(_world["backbone/tokenizer.json"]), Bytes("one", "tokenizer.json"));
    }

    [Fact]
    public async Task The_loss_falls_and_the_result_scores_what_the_run_measured()
    {
        var run = await PretrainAsync("run", "--set", "data.corpora=[]");

        Assert.True((double)run.Json["loss_last"]! < 0.75 * (double)run.Json["loss_first"]!, run.Output);
        Assert.Equal(Steps, (long)run.Json["backbone_step"]!);
        var measured = (double)run.Json["nll"]!["files"]!["after"]!;
        Assert.Equal(measured, await ValidationNllAsync(_world["run/backbone"]), 1e-6);
    }

    [Fact]
    public async Task The_result_is_a_backbone_to_adapt_also_in_half_precision()
    {
        await PretrainAsync("run", "--set", "output.dtype=bf16", "--set", "evaluation.max_sequences=0");

        var adapted = await InProcess.RunAsync(
            "train", _world.Recipe, "--output", _world["adapted"], "--steps", "1", "--set", $"backbone.path={_world["run/backbone"]}");
        var text = await InProcess.RunAsync(
            "generate", "--backbone", _world["run/backbone"], "--prompt", "1 no", "--max-tokens", "4");
        Assert.Equal(1, (long)adapted.Succeeded().Json["steps"]!);
        Assert.NotEmpty((string)text.Succeeded().Json["text"]!);
        Assert.True(
            new FileInfo(_world["run/backbone/model.safetensors"]).Length
            < 0.6 * new FileInfo(_world["run/checkpoints/step-000024/backbone.safetensors"]).Length);
    }

    [SkippableFact]
    public async Task An_interrupted_run_saves_and_goes_on_to_the_same_backbone()
    {
        const int Interrupt = 2;
        await PretrainAsync("whole");
        await using var process = MorProcess.Start("pretrain", _world["pretrain.yaml"], "--output", _world["run"]);
        await process.UntilLinesAsync(_world["run"], 4);
        Skip.If(process.Ignores(Interrupt), "The shell that started the tests lets them ignore the interrupt.");
        process.Signal(Interrupt);
        var stopped = (await process.EndAsync()).Ended(3);

        Assert.Contains($"pretrain --resume {_world["run"]}", stopped.Error, StringComparison.Ordinal);
        (await InProcess.RunAsync("pretrain", "--resume", _world["run"])).Succeeded();
        Assert.Equal(Bytes("whole", "model.safetensors"), Bytes("run", "model.safetensors"));
    }

    [Theory]
    [InlineData("--set tokenizer.path=none.json", "none.json: the tokenizer file cannot be read")]
    [InlineData("--set tokenizer.end_of_text=<nothing>", "'<nothing>' is not a token of")]
    [InlineData("--set data.files=[none.txt]", "none.txt: the text cannot be read")]
    [InlineData("--set data.files=[binary]", "binary: byte 1 is not UTF-8 text. Save the file as UTF-8.")]
    [InlineData("--set data.max_tokens=9999 --set model.max_positions=64", "data.max_tokens 9999 > 64")]
    [InlineData("--set training.step=3", "training.step is not a known key; the nearest is training.steps")]
    [InlineData("--resume backbone", "it holds no recipe.yaml, so it is no run")]
    public async Task A_mistake_is_refused_before_anything_is_written(string arguments, string message)
    {
        File.WriteAllBytes(_world["binary"], [(byte)'a', 0xFF]);
        var before = _world.Snapshot();
        string[] given = [.. arguments.Split(' ').Select(Placed)];

        var run = await InProcess.RunAsync(
            ["pretrain", .. given[0] == "--resume" ? given : [_world["pretrain.yaml"], "--output", _world["new"], .. given]]);

        Assert.Contains(message, (string)run.Ended(2).Json["error"]!["message"]!, StringComparison.Ordinal);
        Assert.Equal(before, _world.Snapshot());

        // Overrides are relative to the working directory, and the world is somewhere else.
        string Placed(string word) => word
            .Replace("none.", _world["none."], StringComparison.Ordinal)
            .Replace("[binary]", $"[{_world["binary"]}]", StringComparison.Ordinal)
            .Replace("backbone", _world["backbone"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Commands_say_which_kind_of_run_they_are_given()
    {
        await PretrainAsync("fresh", "--steps", "1");
        (await InProcess.RunAsync("train", _world.Recipe, "--output", _world["adapter"], "--steps", "1", "--no-eval")).Succeeded();

        var train = await InProcess.RunAsync("train", "--resume", _world["fresh"]);
        var pretrain = await InProcess.RunAsync("pretrain", "--resume", _world["adapter"]);
        var generate = await InProcess.RunAsync("generate", _world["fresh"], "--prompt", "1");

        Assert.Contains("it is a pretraining run", train.Ended(2).Error, StringComparison.Ordinal);
        Assert.Contains("it is no pretraining run", pretrain.Ended(2).Error, StringComparison.Ordinal);
        Assert.Contains(
            _world["fresh/backbone"],
            (await InProcess.RunAsync("export", _world["fresh"], "--output", _world["out"])).Ended(2).Error,
            StringComparison.Ordinal);
        Assert.Contains($"--backbone {_world["fresh/backbone"]}", generate.Ended(2).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dry_run_shows_the_plan_and_changes_nothing()
    {
        var before = _world.Snapshot();
        var run = await InProcess.RunAsync("pretrain", _world["pretrain.yaml"], "--dry-run");

        Assert.True((bool)run.Succeeded().Json["dry_run"]!);
        Assert.Equal(Steps, (int)run.Json["steps"]!);
        Assert.Contains("counting, generated documents of at most 24 tokens", run.Error, StringComparison.Ordinal);
        Assert.Equal(before, _world.Snapshot());
    }

    public void Dispose() => _world.Dispose();

    private async Task<MorRun> PretrainAsync(string name, params string[] more) =>
        (await InProcess.RunAsync(["pretrain", _world["pretrain.yaml"], "--output", _world[name], .. more])).Succeeded();

    private byte[] Bytes(string run, string file) => File.ReadAllBytes(_world[$"{run}/backbone/{file}"]);

    /// <summary>Mean NLL of the windows at the end of the text, by what scores tasks.</summary>
    private async Task<double> ValidationNllAsync(string folder)
    {
        using var opened = BackboneFolder.Open(folder, _ => { });
        using var backbone = opened.Load(RecipeDtype.F32, CPU, threads: 2);
        int[] tokens = [.. backbone.Text.Encode(File.ReadAllText(_world["text.txt"]), true), backbone.Text.EndOfText!.Value];
        var windows = tokens.Chunk(MaxTokens).Where(window => window.Length > 1).ToArray();
        var kept = windows[^(int)Math.Ceiling(windows.Length * ValidationFraction)..];
        var spec = new AdapterSpec(
            new ExpertSpec { CountPerLayer = [1, 1], RankPerLayer = [1, 1], Targets = Enum.GetValues<Linear>() },
            new RouterSpec { Kind = RouterCatalogue.None });
        using var parameters = new ParameterVector(new AdapterLayout(backbone.Config, spec), float32, CPU);
        var model = new AdaptedModel(backbone.Backbone, parameters, new Dictionary<string, Tensor>(), backbone.Pool);
        var link = new InProcessExpertLink(backbone.Math, new ShardParameters(parameters), version: 0);
        var scorer = new LikelihoodScorer(model, new MicroBatchRunner(backbone.Math, link), window: 2, () => 0);
        var scores = await scorer.ScoreAsync([.. kept.Select(window => new ScoredSequence(window, 1))], null, default);
        return -scores.Sum() / kept.Sum(window => window.Length - 1);
    }
}
