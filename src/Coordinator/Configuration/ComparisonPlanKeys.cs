using System.Collections.Immutable;
using MoR.Coordinator.Configuration.Reading;

namespace MoR.Coordinator.Configuration;

/// <summary>Every key of a comparison plan.</summary>
public static class ComparisonPlanKeys
{
    private const string OurChoice = "our choice";

    public static readonly ConfigKey<ComparisonPlan, string?> Name =
        new("name", new PlainText(100, rule: RecipeKeys.IsName, ruleText: RecipeKeys.NameRule), plan => plan.Name)
        {
            Meaning = "name of the comparison; its folder is runs/NAME unless --output is given",
            DefaultInWords = "the file's name",
            Source = OurChoice,
        };

    public static readonly ConfigKey<ComparisonPlan, string?> BaseRecipe =
        new("recipe", new RecipeFile(), plan => plan.RecipePath)
        {
            Meaning = "the recipe that all configurations start from: the name of a file of the recipes folder without "
                + ".yaml, or a path",
            IsRequired = true,
        };

    public static readonly ConfigKey<ComparisonPlan, ItemList<ComparisonConfiguration>> Configurations =
        new("configurations", new ConfigurationsKind(), plan => plan.Configurations)
        {
            Meaning = "what is compared: names, and under each the recipe keys that it sets (experts.*, router.*, training.* "
                + "without those that decide batches)",
            IsRequired = true,
            Default = [],
        };

    public static readonly ConfigKey<ComparisonPlan, ItemList<long>> Seeds =
        new("seeds", new SeedsKind(), plan => plan.Seeds)
        {
            Meaning = "seeds that every configuration is trained with; runs of one seed are compared with each other",
            Default = [1, 2, 3, 4, 5],
            Source = OurChoice + ": a 95 % interval of 2.8 standard errors",
        };

    public static readonly ConfigKey<ComparisonPlan, string?> Reference =
        new("reference", new PlainText(100), plan => plan.Reference)
        {
            Meaning = "the configuration that the others are compared with",
            DefaultInWords = "the first one",
            Source = OurChoice,
        };

    public static readonly ConfigKey<ComparisonPlan, string?> MatchConfiguration =
        new("match.configuration", new PlainText(100, allowNull: true), plan => plan.Match?.Configuration)
        {
            Meaning = "the configuration whose number of trainable parameters is the budget: every other one gets the "
                + "experts.rank, layer by layer, that comes nearest to it; null leaves the parameters as they are",
            Default = null,
            Source = OurChoice,
        };

    public static readonly ConfigKey<ComparisonPlan, double> MatchTolerance =
        new("match.tolerance", new RealNumber(0, 1), plan => plan.Match?.Tolerance ?? DefaultTolerance)
        {
            Meaning = "how far off the budget a configuration may be; further off, the plan is refused",
            Unit = "fraction of the budget",
            Default = DefaultTolerance,
            Source = OurChoice,
        };

    private const double DefaultTolerance = 0.01;

    /// <summary>The keys of its own.</summary>
    public static ImmutableArray<ConfigKey<ComparisonPlan>> Own { get; } =
        [Name, BaseRecipe, Configurations, Seeds, Reference, MatchConfiguration, MatchTolerance];

    /// <summary>Its own keys, and those of a recipe that a plan may set for all configurations.</summary>
    public static ImmutableArray<ConfigKey<ComparisonPlan>> All { get; } =
    [
        .. Own,
        .. RecipeKeys.All.Where(key => key != RecipeKeys.Name && key != RecipeKeys.Seed).Select(ForAll),
    ];

    private static ConfigKey<ComparisonPlan> ForAll(ConfigKey<Recipe> key) => new ConfigKey<ComparisonPlan, ConfigNode?>(
        key.Path,
        new AnyValue(),
        plan => plan.Common.FirstOrDefault(given => given.Key == key.Path)?.Value)
    {
        Meaning = key.Meaning,
        Unit = key.Unit,
        DefaultInWords = "the recipe's",
        Source = "the recipe",
    };
}
