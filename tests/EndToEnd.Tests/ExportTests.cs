using System.Security.Cryptography;
using System.Text.Json.Nodes;
using MoR.EndToEnd.Tests.Processes;
using MoR.EndToEnd.Tests.World;
using MoR.Model.Safetensors;

namespace MoR.EndToEnd.Tests;

/// <summary><c>export</c> and <c>import</c>: what leaves the program is whole, says what it is, and comes back.</summary>
public sealed class ExportTests
{
    private const string Tensors = "adapter_model.safetensors";
    private static readonly string[] Files = ["README.md", "adapter_config.json", Tensors, "mor_adapter.py"];

    private static readonly string[] Plain =
    [
        "--set", "router.kind=none", "--set", "router.top_k=1", "--set", "experts.count=1", "--set", "experts.shards=1",
    ];

    [Fact]
    public async Task A_mixture_leaves_with_its_section_and_comes_back_byte_for_byte()
    {
        using var world = new TinyWorld();
        var sha256 = (await TrainAsync(world)).AdapterSha256;

        var export = (await MorProcess.RunAsync("export", world["run"], "--output", world["out"])).Succeeded().Json;

        Assert.Equal(
            ["output", "router", "peft", "parameters", "adapter_sha256", "base_model", "backbone_fingerprint", "step"],
            export.Select(item => item.Key));
        Assert.Equal(Files, Names(world["out"]));
        Assert.Equal(world["out"], (string)export["output"]!);
        Assert.Equal("mor", (string)export["router"]!);
        Assert.False((bool)export["peft"]!);
        Assert.Equal(4, (long)export["step"]!);
        Assert.Equal(sha256, (string)export["adapter_sha256"]!);
        Assert.Equal(sha256, Hash(world["out/" + Tensors]));
        var config = JsonNode.Parse(File.ReadAllText(world["out/adapter_config.json"]))!;
        Assert.True(JsonNode.DeepEquals(
            config, JsonNode.Parse(File.ReadAllText(world["run/adapter/adapter_config.json"]))));
        Assert.Equal((string)export["backbone_fingerprint"]!, (string)config["mor"]!["backbone_fingerprint"]!);
        var card = File.ReadAllText(world["out/README.md"]);
        Assert.Contains("2 sub-routers, of which a token keeps 2", card, StringComparison.Ordinal);
        Assert.Contains("for 4 steps", card, StringComparison.Ordinal);
        Assert.Contains($"| {(long)export["parameters"]!} (F32) |", card, StringComparison.Ordinal);
        Assert.DoesNotContain("library_name: peft", card, StringComparison.Ordinal);
        await ComesBackAsync(world);
    }

    [Fact]
    public async Task Plain_lora_leaves_with_PEFTs_keys_alone_and_still_knows_its_backbone()
    {
        using var world = new TinyWorld();
        await TrainAsync(world, Plain);

        var export = (await InProcess.RunAsync(
            "export", world["run"], "--output", world["out"], "--base-model", "some/llama")).Succeeded().Json;

        Assert.True((bool)export["peft"]!);
        var config = JsonNode.Parse(File.ReadAllText(world["out/adapter_config.json"]))!.AsObject();
        Assert.Equal(
            [
                "base_model_name_or_path", "bias", "fan_in_fan_out", "inference_mode", "lora_alpha", "lora_dropout",
                "peft_type", "r", "target_modules", "task_type",
            ],
            config.Select(item => item.Key).Order(StringComparer.Ordinal));
        Assert.Equal("some/llama", (string)config["base_model_name_or_path"]!);
        using (var file = SafetensorsFile.Open(world["out/" + Tensors]))
        using (var own = SafetensorsFile.Open(world["run/adapter/adapter.safetensors"]))
        {
            Assert.Equal(own.Tensors.Keys, file.Tensors.Keys);
            Assert.All(own.Tensors.Keys, name => Assert.Equal(own.Bytes(name).ToArray(), file.Bytes(name).ToArray()));
            Assert.Contains("base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight", file.Tensors.Keys);
        }

        Assert.Contains("PeftModel.from_pretrained", File.ReadAllText(world["out/README.md"]), StringComparison.Ordinal);
        world.WriteBackbone("other", seed: 9);
        var refused = await InProcess.RunAsync(
            "generate", "--backbone", world["other"], "--adapter", world["out"], "--prompt", "a");
        Assert.Contains("fingerprint", refused.Ended(2).Error, StringComparison.Ordinal);
        await ComesBackAsync(world);
    }

    [Fact]
    public async Task Any_checkpoint_of_a_run_can_be_exported()
    {
        using var world = new TinyWorld();
        await TrainAsync(world, "--set", "checkpoint.every_steps=2");

        var export = (await InProcess.RunAsync("export", world["run"], "--step", "2", "--output", world["a/b/out"]))
            .Succeeded().Json;

        Assert.Equal(2, (long)export["step"]!);
        Assert.Equal(
            Hash(world["run/checkpoints/step-000002/adapter.safetensors"]), (string)export["adapter_sha256"]!);
    }

    [Fact]
    public async Task A_slash_after_the_folders_name_changes_nothing()
    {
        using var world = new TinyWorld();
        await TrainAsync(world);

        var export = (await InProcess.RunAsync("export", world["run"], "--output", world["out"] + "/")).Succeeded().Json;
        var import = (await InProcess.RunAsync(
            "import", world["out"], "--backbone", world.Backbone, "--output", world["back"] + "/")).Succeeded().Json;

        Assert.Equal(Files, Names(world["out"]));
        Assert.Equal((world["out"], world["back"]), ((string)export["output"]!, (string)import["output"]!));
    }

    [SkippableFact]
    public async Task What_torch_save_wrote_is_read_as_it_was()
    {
        PythonProcess.Require();
        using var world = new TinyWorld();
        await TrainAsync(world, Plain);
        (await InProcess.RunAsync("export", world["run"], "--output", world["out"])).Succeeded();
        Directory.CreateDirectory(world["bin"]);
        File.Copy(world["out/adapter_config.json"], world["bin/adapter_config.json"]);

        await PythonProcess.RunAsync(
            "torch_save.py",
            new JsonObject { ["from"] = world["out/" + Tensors], ["to"] = world["bin/adapter_model.bin"] });

        (await InProcess.RunAsync("import", world["bin"], "--output", world["again"])).Succeeded();
        Assert.Equal(Hash(world["out/" + Tensors]), Hash(world["again/" + Tensors]));
    }

    private static async Task<MorRun> TrainAsync(TinyWorld world, params string[] more) =>
        (await InProcess.RunAsync(
            ["train", world.Recipe, "--steps", "4", "--no-eval", "--output", world["run"], .. more])).Succeeded();

    /// <summary>The folder gives the run's NLL, and importing and exporting it again changes no byte of it.</summary>
    private static async Task ComesBackAsync(TinyWorld world)
    {
        File.WriteAllText(world["ids.txt"], "1,2,3,4,5,6,7,8,9,10");
        var run = await InProcess.RunAsync("evaluate", world["run"], "--ids", world["ids.txt"]);
        var folder = await InProcess.RunAsync(
            "evaluate", "--backbone", world.Backbone, "--adapter", world["out"], "--ids", world["ids.txt"]);
        Assert.Equal((double)run.Succeeded().Json["nll"]!, (double)folder.Succeeded().Json["nll"]!);

        (await InProcess.RunAsync(
            "import", world["out"], "--backbone", world.Backbone, "--output", world["again"])).Succeeded();
        Assert.Equal(Files, Names(world["again"]));
        foreach (var name in Files.Skip(1))
        {
            Assert.True(Hash(world["out/" + name]) == Hash(world["again/" + name]), $"{name} came back otherwise");
        }
    }

    private static string[] Names(string folder) =>
        [.. Directory.GetFileSystemEntries(folder).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    private static string Hash(string path) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)));
}
