using MoR.Coordinator.Configuration;

namespace MoR.Coordinator.Comparison;

/// <summary>One training of the grid.</summary>
/// <param name="Configuration">What is trained.</param>
/// <param name="Seed">With which seed.</param>
public sealed record PlannedRun(PlannedConfiguration Configuration, long Seed)
{
    /// <summary>Name of the run and of its folder, such as <c>topk-seed3</c>.</summary>
    public string Name => $"{Configuration.Name}-seed{Seed}";

    /// <summary>The recipe of the run.</summary>
    public Recipe Recipe => Configuration.Recipe with { Name = Name, Seed = Seed };

    /// <summary>The runs of a plan: all configurations with the first seed, then all with the next.</summary>
    public static IReadOnlyList<PlannedRun> Grid(ComparisonPlan plan, IReadOnlyList<PlannedConfiguration> configurations) =>
    [
        .. plan.Seeds.SelectMany(seed => configurations.Select(configuration => new PlannedRun(configuration, seed))),
    ];
}
