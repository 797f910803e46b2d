using MoR.Coordinator.Configuration.Reading;
using Keys = MoR.Coordinator.Configuration.RecipeKeys;
using ModelKeys = MoR.Coordinator.Configuration.RecipeKeys.Model;
using RunKeys = MoR.Coordinator.Configuration.RecipeKeys.Run;

namespace MoR.Coordinator.Configuration;

/// <summary>What keys require of each other. A message shows the arithmetic that fails.</summary>
internal static class RecipeChecks
{
    public static void CheckAll(Recipe recipe, KeyReader<Recipe> reader)
    {
        CheckExperts(recipe, reader);
        CheckRouter(recipe, reader);
        CheckRun(recipe, reader);
    }

    private static void CheckExperts(Recipe recipe, KeyReader<Recipe> reader)
    {
        var experts = recipe.Experts;
        var isPlain = recipe.Router.Kind == RecipeRouterKind.None;
        if (!reader.AreGood(ModelKeys.ExpertsCount, ModelKeys.RouterKind))
        {
            return;
        }

        if (isPlain && experts.Count.Largest > 1)
        {
            reader.Refuse(
                $"experts.count is {experts.Count}, and router.kind none has 1 expert per linear with gate 1",
                "Remove experts.count or set it to 1, or choose router.kind topk or mor.",
                ModelKeys.ExpertsCount);
            return;
        }

        if (reader.AreGood(ModelKeys.ExpertsShards) && experts.Shards > experts.Count.Largest)
        {
            reader.Refuse(
                $"experts.shards {experts.Shards} > {experts.Count.Largest}, the largest of experts.count "
                + $"{experts.Count}: a shard would hold no expert",
                $"Set experts.shards to at most {experts.Count.Largest}, or have more experts.",
                ModelKeys.ExpertsShards,
                ModelKeys.ExpertsCount);
        }

        if (reader.AreGood(ModelKeys.RouterTopK) && recipe.Router.TopK > experts.Count.Smallest)
        {
            reader.Refuse(
                $"router.top_k {recipe.Router.TopK} > {experts.Count.Smallest}, the smallest of experts.count "
                + $"{experts.Count}: a token cannot choose {recipe.Router.TopK} of {experts.Count.Smallest}",
                $"Set router.top_k to at most {experts.Count.Smallest}, or have more experts.",
                ModelKeys.RouterTopK,
                ModelKeys.ExpertsCount);
        }
    }

    private static void CheckRouter(Recipe recipe, KeyReader<Recipe> reader)
    {
        var router = recipe.Router;
        if (reader.AreGood(ModelKeys.RouterTopM, ModelKeys.RouterSubRouters) && router.TopM > router.SubRouters)
        {
            reader.Refuse(
                $"router.top_m {router.TopM} > {router.SubRouters}, which is router.sub_routers",
                $"Set router.top_m to at most {router.SubRouters} or to null, or have more sub-routers.",
                ModelKeys.RouterTopM,
                ModelKeys.RouterSubRouters);
        }
    }

    private static void CheckRun(Recipe recipe, KeyReader<Recipe> reader)
    {
        if (reader.AreGood(RunKeys.EvaluationEarlyStopPatience, RunKeys.EvaluationEverySteps)
            && recipe.Evaluation is { EarlyStopPatience: > 0, EverySteps: 0 })
        {
            reader.Refuse(
                $"evaluation.early_stop_patience is {recipe.Evaluation.EarlyStopPatience} evaluations, and "
                + "evaluation.every_steps 0 makes none during training",
                "Set evaluation.every_steps above 0, or evaluation.early_stop_patience to 0.",
                RunKeys.EvaluationEarlyStopPatience,
                RunKeys.EvaluationEverySteps);
        }

        if (reader.AreGood(Keys.DataTasks, Keys.DataFolder) && recipe.Data.Folder is null
            && recipe.Data.Tasks.FirstOrDefault(task => !TaskReference.IsPath(task)) is { } needy)
        {
            reader.RefuseMissing(Keys.DataFolder, $"is not given, and the files of task {needy} are below it");
        }
    }
}
