namespace MoR.EndToEnd.Tests.BadInput;

/// <summary>Recipes, overrides and options that cannot be.</summary>
internal static class BadRecipes
{
    public static IEnumerable<BadInput> All =>
    [
        BadInput.InCommand("no such recipe", _ => ["train", "nowhere.yaml"], "nowhere.yaml", "does not exist"),
        BadInput.InWorld("a recipe that is no YAML", world => File.WriteAllText(world.Recipe, "name: [tiny\nseed: 1"), "recipe.yaml"),
        BadInput.InWorld(
            "an unknown key",
            world => world.Edit("recipe.yaml", "top_k: 2", "topk: 2"),
            "recipe.yaml", "router.topk", "router.top_k"),
        BadInput.InSetting("an unknown key as override", "experts.counts=4", "experts.counts", "experts.count"),
        BadInput.InSetting("a wrong type", "training.steps=many", "training.steps", "many", "whole number"),
        BadInput.InSetting("a value out of range", "experts.dropout=1.5", "experts.dropout", "1.5"),
        BadInput.InSetting("an unknown word", "router.kind=sinkhorn", "router.kind", "sinkhorn", "topk"),
        BadInput.InSetting("an unknown linear", "experts.targets=[q_proj, w_proj]", "experts.targets", "w_proj", "q_proj"),
        BadInput.InSetting("more chosen than there are", "router.top_k=5", "router.top_k 5 > 4", "experts.count"),
        BadInput.InSetting("more kept than there are", "router.top_m=3", "router.top_m 3 > 2", "router.sub_routers"),
        BadInput.InSetting("more shards than experts", "experts.shards=9", "experts.shards 9 > 4"),
        BadInput.InSetting("experts for layers that are not", "experts.count=[2, 4, 4]", "experts.count", "3", "2 layers"),
        BadInput.InSetting("longer than the backbone", "data.max_tokens=65", "data.max_tokens", "65", "64"),
        BadInput.InSetting("early stop without evaluations", "evaluation.early_stop_patience=2", "evaluation.early_stop_patience", "evaluation.every_steps"),
        BadInput.InSetting("threads beyond the limit", "numerics.threads=65", "numerics.threads", "65", "64"),
        BadInput.InCommand(
            "no steps", world => ["train", world.Recipe, "--steps", "0", "--output", world["new"]], "--steps", "'0'", "1"),
        BadInput.InCommand(
            "an override without a value", world => ["train", world.Recipe, "--set", "training.steps"], "--set", "training.steps"),
        BadInput.InCommand(
            "an option that is mistyped", world => ["train", world.Recipe, "--outptu", "x"], "--outptu", "--output"),
        BadInput.InCommand(
            "a device that is not there",
            world => ["train", world.Recipe, "--device", "cuda:99", "--output", world["new"]],
            "--device", "cuda:99", "CUDA devices"),
        BadInput.InCommand("a run and a backbone", world => ["evaluate", world.Folder, "--backbone", world.Backbone], "--backbone", "Leave one of them out"),
        BadInput.InCommand("a recipe and a run", world => ["train", world.Recipe, "--resume", world.Folder], "--resume", "recipe"),
        BadInput.InCommand("nothing to evaluate", world => ["evaluate", "--backbone", world.Backbone], "--task", "--ids"),
        BadInput.InCommand(
            "no prompt", world => ["generate", "--backbone", world.Backbone], "--prompt"),
        BadInput.InCommand(
            "a negative temperature",
            world => ["generate", "--backbone", world.Backbone, "--prompt", "a", "--temperature=-1"],
            "--temperature", "-1"),
        BadInput.InCommand("an empty prompt", world => ["generate", "--backbone", world.Backbone, "--prompt", ""], "prompt"),
    ];
}
