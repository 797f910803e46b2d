using MoR.Cluster.Errors;
using MoR.Coordinator.Configuration;
using MoR.Coordinator.Training;
using MoR.Model.Adapters;
using MoR.Model.Backbone;

namespace MoR.Coordinator.Comparison;

/// <summary>Gives the configurations of a plan their ranks, so that all have as many trainable parameters.</summary>
public static class ParameterMatching
{
    /// <summary>The plan's configurations, in its order.</summary>
    /// <exception cref="InputException">
    /// A recipe is wrong, or no rank brings a configuration within the plan's tolerance.
    /// </exception>
    public static IReadOnlyList<PlannedConfiguration> Resolve(ComparisonPlan plan, LlamaConfig config)
    {
        PlannedConfiguration[] asWritten =
        [
            .. plan.Configurations.Select(item => Lay(item.Name, plan.RecipeOf(item), config)),
        ];
        if (plan.Match is not { } match)
        {
            return asWritten;
        }

        var budget = asWritten.Single(item => item.Name == match.Configuration);
        PlannedConfiguration[] matched = [.. asWritten.Select(item => item == budget ? item : Matched(item, budget.Parameters))];
        RequireTolerance(matched, budget, match.Tolerance, plan.FilePath);
        return matched;
    }

    private static PlannedConfiguration Lay(string name, Recipe recipe, LlamaConfig config) =>
        new(name, recipe, new AdapterLayout(config, AdapterSpecs.Of(recipe, config)));

    private static PlannedConfiguration Matched(PlannedConfiguration item, long budget)
    {
        var ranks = RankSearch.Nearest(budget - item.RouterParameters, PerRank(item), RecipeExperts.MostRank);
        var experts = item.Recipe.Experts with { Rank = LayerNumbers.Of(ranks) };
        return Lay(item.Name, item.Recipe with { Experts = experts }, item.Layout.Config);
    }

    /// <summary>Parameters that the experts of each layer have per unit of rank; [layers].</summary>
    private static long[] PerRank(PlannedConfiguration item)
    {
        var (config, experts) = (item.Layout.Config, item.Layout.Spec.Experts);
        var widths = experts.Targets.Sum(linear => (long)config.InputWidth(linear) + config.OutputWidth(linear));
        return [.. experts.CountPerLayer.Select(count => count * widths)];
    }

    private static void RequireTolerance(
        IEnumerable<PlannedConfiguration> matched, PlannedConfiguration budget, double tolerance, string plan)
    {
        var tooFar = matched.Where(item => Off(item) > tolerance).OrderByDescending(Off).ToList();
        if (tooFar.Count == 0)
        {
            return;
        }

        var worst = tooFar[0];
        var perRank = PerRank(worst);
        var unit = perRank.Distinct().Count() == 1
            ? $"{perRank[0]:N0} in a layer"
            : $"{string.Join(" + ", perRank.Select(count => $"{count:N0}"))} in the layers";
        var others = tooFar.Count == 1
            ? ""
            : $"; too far off are also {string.Join(", ", tooFar.Skip(1).Select(item => $"{item.Name} ({Off(item):P2})"))}";
        throw new InputException(
            $"{plan}: match",
            $"configuration {worst.Name} comes to {worst.Parameters:N0} trainable parameters at best, which is "
            + $"{Off(worst):P2} off the {budget.Parameters:N0} of {budget.Name}, and match.tolerance is {tolerance:P2}: with "
            + $"experts.rank {worst.Recipe.Experts.Rank} its routers have {worst.RouterParameters:N0} and its experts "
            + $"{worst.ExpertParameters:N0}, and one unit of rank is {unit}{others}",
            $"Set match.tolerance to at least {Math.Ceiling(Off(worst) * 1e4) / 1e4:R}, raise the rank of {budget.Name} so "
            + "that a unit of rank is less of the budget, or give other numbers of experts or routers.");

        double Off(PlannedConfiguration item) => Math.Abs(item.Parameters - budget.Parameters) / (double)budget.Parameters;
    }
}
