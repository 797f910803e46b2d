using MoR.Coordinator.Configuration;
using MoR.Model.Adapters;

namespace MoR.Coordinator.Comparison;

/// <summary>A configuration as it is going to be trained.</summary>
/// <param name="Name">Its name in the plan.</param>
/// <param name="Recipe">Its recipe, ranks matched; every run has its own name and seed in place of these.</param>
/// <param name="Layout">Its trained parameters.</param>
public sealed record PlannedConfiguration(string Name, Recipe Recipe, AdapterLayout Layout)
{
    /// <summary>Trained parameters.</summary>
    public long Parameters => Layout.TrainedCount;

    /// <summary>Those of the routers.</summary>
    public long RouterParameters => Layout.RouterCount;

    /// <summary>Those of the experts.</summary>
    public long ExpertParameters => Parameters - RouterParameters;

    /// <summary>Rank of all layers, or rank by layer, separated by spaces.</summary>
    public string RankText => string.Join(' ', LayerNumbers.Of(Layout.Spec.Experts.RankPerLayer).Values);
}
