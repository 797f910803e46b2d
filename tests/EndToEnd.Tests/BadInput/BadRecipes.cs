namespace MoR.EndToEnd.Tests.BadInput;

/// <summary>Recipes, overrides and options that cannot be.</summary>
internal static class BadRecipes
{
    public static IEnumerable<Mistake> All =>
    [
        Mistake.InCommand("no such recipe", _ => ["train", "nowhere.yaml"], "nowhere.yaml", "does not exist"),
        Mistake.InWorld(
            "a recipe that is no YAML",
            world => File.WriteAllText(world.Recipe, "name: [tiny\nseed: 1"),
            "recipe.yaml"),
        Mistake.InWorld(
            "an unknown key",
            world => world.Edit("recipe.yaml", "top_k: 2", "topk: 2"),
            "recipe.yaml", "router.topk", "router.top_k"),
        Mistake.InSetting("an unknown key as override", "experts.counts=4", "experts.counts", "experts.count"),
        Mistake.InSetting("a wrong type", "training.steps=many", "training.steps", "many", "whole number"),
        Mistake.InSetting("a value out of range", "experts.dropout=1.5", "experts.dropout", "1.5"),
        Mistake.InSetting("an unknown word", "router.kind=sinkhorn", "router.kind", "sinkhorn", "topk"),
        Mistake.InSetting(
            "an unknown linear",
            "experts.targets=[q_proj, w_proj]",
            "experts.targets", "w_proj", "q_proj"),
        Mistake.InSetting("more chosen than there are", "router.top_k=5", "router.top_k 5 > 4", "experts.count"),
        Mistake.InSetting("more kept than there are", "router.top_m=3", "router.top_m 3 > 2", "router.sub_routers"),
        Mistake.InSetting("more shards than experts", "experts.shards=9", "experts.shards 9 > 4"),
        Mistake.InSetting(
            "experts for layers that are not",
            "experts.count=[2, 4, 4]",
            "experts.count", "3", "2 layers"),
        Mistake.InSetting("longer than the backbone", "data.max_tokens=65", "data.max_tokens", "65", "64"),
        Mistake.InSetting(
            "early stop without evaluations",
            "evaluation.early_stop_patience=2",
            "evaluation.early_stop_patience", "evaluation.every_steps"),
        Mistake.InSetting("threads beyond the limit", "numerics.threads=65", "numerics.threads", "65", "64"),
        Mistake.InCommand(
            "no steps",
            world => ["train", world.Recipe, "--steps", "0", "--output", world["new"]],
            "--steps", "'0'", "1"),
        Mistake.InCommand(
            "an override without a value",
            world => ["train", world.Recipe, "--set", "training.steps"],
            "--set", "training.steps"),
        Mistake.InCommand(
            "an option that is mistyped", world => ["train", world.Recipe, "--outptu", "x"], "--outptu", "--output"),
        Mistake.InCommand(
            "a device that is not there",
            world => ["train", world.Recipe, "--device", "cuda:99", "--output", world["new"]],
            "--device", "cuda:99", "CUDA devices"),
        Mistake.InCommand(
            "a run and a backbone",
            world => ["evaluate", world.Folder, "--backbone", world.Backbone],
            "--backbone", "Leave one of them out"),
        Mistake.InCommand(
            "a recipe and a run",
            world => ["train", world.Recipe, "--resume", world.Folder],
            "--resume", "recipe"),
        Mistake.InCommand(
            "nothing to evaluate",
            world => ["evaluate", "--backbone", world.Backbone],
            "--task", "--ids"),
        Mistake.InCommand(
            "no prompt", world => ["generate", "--backbone", world.Backbone], "--prompt"),
        Mistake.InCommand(
            "a negative temperature",
            world => ["generate", "--backbone", world.Backbone, "--prompt", "a", "--temperature=-1"],
            "--temperature", "-1"),
        Mistake.InCommand(
            "an empty prompt",
            world => ["generate", "--backbone", world.Backbone, "--prompt", ""],
            "prompt"),
    ];
}
