using MoR.Coordinator.Configuration;
using MoR.Model.Adapters;
using MoR.Model.Backbone;
using MoR.Model.Routing;

namespace MoR.Coordinator.Training;

/// <summary>From a recipe to the adapter that it describes.</summary>
internal static class AdapterSpecs
{
    /// <summary>The adapter of a recipe on a backbone.</summary>
    public static AdapterSpec Of(Recipe recipe, LlamaConfig config)
    {
        var (experts, router) = (recipe.Experts, recipe.Router);
        var spec = new RouterSpec
        {
            Kind = router.Kind.ToString().ToLowerInvariant(),
            Scope = Enum.Parse<RouterScope>(router.Scope.ToString()),
            TopK = router.TopK,
            SubRouters = router.SubRouters,
            TopM = router.TopM,
            Mixing = Enum.Parse<RouterMixing>(router.Mixing.ToString()),
            BalanceLoss = router.BalanceLoss,
            MainBalanceLoss = router.MainBalanceLoss,
            ZLoss = router.ZLoss,
            Jitter = router.Jitter,
        };
        RouterCatalogue.Create(spec, router.AllowNonCausal);
        return new AdapterSpec(
            new ExpertSpec
            {
                CountPerLayer = [.. experts.Count.PerLayer(config.Layers, RecipeKeys.Model.ExpertsCount.Path)],
                RankPerLayer = [.. experts.Rank.PerLayer(config.Layers, RecipeKeys.Model.ExpertsRank.Path)],
                Alpha = experts.Alpha,
                Dropout = experts.Dropout,
                Targets = [.. experts.Targets.Select(name => LinearNames.Parse(name)!.Value).Order()],
                Shards = experts.Shards,
            },
            spec);
    }
}
