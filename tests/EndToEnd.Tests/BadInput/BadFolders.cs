using MoR.EndToEnd.Tests.World;

namespace MoR.EndToEnd.Tests.BadInput;

/// <summary>Run folders and adapters that cannot be used.</summary>
internal static class BadFolders
{
    private const string Optimizer = "run/checkpoints/step-000002/optimizer.safetensors";
    private const string Adapter = "run/adapter/adapter.safetensors";

    public static IEnumerable<Mistake> All =>
    [
        new(
            "an output folder below a file",
            world => File.WriteAllText(world["file"], "not a folder"),
            world => ["train", world.Recipe, "--output", world["file/run"]],
            "file", "choose another path"),
        new(
            "an output folder that is a file",
            world => File.WriteAllText(world["file"], "not a folder"),
            world => ["train", world.Recipe, "--output", world["file"]],
            "file", "choose another path"),
        Mistake.InCommand(
            "an output folder that holds something else",
            world => ["train", world.Recipe, "--output", world["data"]],
            "data", "dev.tsv", "--output"),
        Mistake.InRun(
            "an output folder that holds a run",
            _ => { },
            world => ["train", world.Recipe, "--output", world["run"]],
            "run: it holds a run already", "--resume"),
        Mistake.InCommand(
            "a run to resume that is not there",
            world => ["train", "--resume", world["new"]],
            "new", "no such folder"),
        Mistake.InCommand(
            "a folder to resume that is no run",
            world => ["train", "--resume", world["data"]],
            "data", "recipe.yaml"),
        Mistake.InRun(
            "an override that would make another run",
            _ => { },
            world => ["train", "--resume", world["run"], "--set", "training.learning_rate=1"],
            "training.learning_rate", "cannot change"),
        Mistake.InRun(
            "a run of another backbone",
            world => world.WriteBackbone("other", seed: 9),
            world => ["train", "--resume", world["run"], "--set", $"backbone.path={world["other"]}"],
            "fingerprint"),
        Mistake.InRun(
            "a run without a whole checkpoint",
            BreakCheckpoints,
            world => ["train", "--resume", world["run"], "--steps", "4"],
            "checkpoints", "optimizer.safetensors", "SHA-256"),
        Mistake.InRun(
            "a run whose backbone is gone",
            world => Directory.Delete(world.Backbone, recursive: true),
            world => ["evaluate", world["run"]],
            "backbone", "no such folder"),
        Mistake.InRun(
            "a run whose recipe is broken",
            world => File.WriteAllText(world["run/recipe.yaml"], "name: 7: 8"),
            world => ["generate", world["run"], "--prompt", "a"],
            "run/recipe.yaml"),
        Mistake.InRun(
            "an adapter of another backbone",
            world => world.WriteBackbone("other", seed: 9),
            Evaluate("other"),
            "adapter_config.json", "fingerprint"),
        Mistake.InRun(
            "an adapter of another rank",
            world => world.Edit("run/adapter/adapter_config.json", "\"rank\": 2", "\"rank\": 4"),
            Evaluate("backbone"),
            "adapter.safetensors", "[2, 16]", "[4, 16]"),
        Mistake.InRun(
            "an adapter with more choice than experts",
            world => world.Edit("run/adapter/adapter_config.json", "\"top_k\": 2", "\"top_k\": 5"),
            Evaluate("backbone"),
            "adapter_config.json", "top_k", "5", "4"),
        Mistake.InRun(
            "a truncated adapter",
            world => File.WriteAllBytes(world[Adapter], File.ReadAllBytes(world[Adapter])[..^4]),
            Evaluate("backbone"),
            "adapter.safetensors"),
        Mistake.InRun(
            "an adapter without its configuration",
            world => File.Delete(world["run/adapter/adapter_config.json"]),
            Evaluate("backbone"),
            "adapter_config.json"),
        Mistake.InRun(
            "an export to where something is",
            _ => { },
            world => ["export", world["run"], "--output", world["data"]],
            "data: there is something already", "--output"),
        Mistake.InRun(
            "an export of a step without a checkpoint",
            _ => { },
            world => ["export", world["run"], "--step", "1", "--output", world["out"]],
            "--step", "no checkpoint after step 1", "Give one of 2."),
        Mistake.InCommand(
            "an export of what is no run",
            world => ["export", world["data"], "--output", world["out"]],
            "data", "recipe.yaml"),
        Mistake.InRun(
            "an export of a damaged checkpoint",
            world => File.WriteAllBytes(world[Adapter], File.ReadAllBytes(world[Adapter])[..^4]),
            world => ["export", world["run"], "--output", world["out"]],
            "adapter.safetensors", "bytes"),
        Mistake.InRun(
            "an export whose backbone is gone",
            world => Directory.Delete(world.Backbone, recursive: true),
            world => ["export", world["run"], "--output", world["out"]],
            "backbone"),
        Mistake.InRun(
            "an import to where something is",
            _ => { },
            world => ["import", world["run/adapter"], "--output", world["data"]],
            "data: there is something already", "--output"),
        Mistake.InCommand(
            "an import of what is no adapter",
            world => ["import", world["data"], "--output", world["out"]],
            "data/adapter_config.json"),
        Mistake.InRun(
            "an import that does not know its backbone",
            world => world.Edit("run/adapter/adapter_config.json", world["backbone"], "some/llama"),
            world => ["import", world["run/adapter"], "--output", world["out"]],
            "base_model_name_or_path: 'some/llama'", "--backbone DIR"),
        Mistake.InCommand(
            "no adapter there",
            world => ["evaluate", "--backbone", world.Backbone, "--adapter", world["nowhere"], "--task", world.Task],
            "nowhere"),
    ];

    private static Func<TinyWorld, string[]> Evaluate(string backbone) => world =>
    [
        "evaluate", "--backbone", world[backbone], "--adapter", world["run/adapter"], "--task", world.Task,
        "--data", world["data"],
    ];

    private static void BreakCheckpoints(TinyWorld world)
    {
        var bytes = File.ReadAllBytes(world[Optimizer]);
        bytes[^1] ^= 1;
        File.WriteAllBytes(world[Optimizer], bytes);
    }
}
