using MoR.Cluster.Errors;
using MoR.Coordinator.Configuration.Reading;

namespace MoR.Coordinator.Configuration;

/// <summary>
/// What <c>mor compare</c> runs: configurations of one recipe, each with the same seeds. The keys are listed in
/// <c>docs/RECIPES.md</c>, generated from <see cref="ComparisonPlanKeys"/>.
/// </summary>
public sealed record ComparisonPlan
{
    /// <summary>The plan's file, as it was given.</summary>
    public required string FilePath { get; init; }

    /// <summary>Lower-case name of the comparison; default is the file's.</summary>
    public required string Name { get; init; }

    /// <summary>The file of the recipe that all configurations start from.</summary>
    public required string RecipePath { get; init; }

    /// <summary>What is compared, at least two, in the plan's order.</summary>
    public required ItemList<ComparisonConfiguration> Configurations { get; init; }

    /// <summary>The seeds that every configuration is trained with.</summary>
    public required ItemList<long> Seeds { get; init; }

    /// <summary>Name of the configuration that the others are compared with.</summary>
    public required string Reference { get; init; }

    /// <summary>How trainable parameters are made equal; null where they are left as they are.</summary>
    public required ComparisonMatch? Match { get; init; }

    /// <summary>Recipe keys that the plan sets for all configurations.</summary>
    public required ItemList<GivenValue> Common { get; init; }

    /// <summary>Reads and checks a plan, without its recipe.</summary>
    /// <param name="path">The YAML file.</param>
    /// <param name="overrides">
    /// <c>key=value</c> options, of the plan's keys or of recipe keys for all configurations.
    /// </param>
    /// <exception cref="InputException">Anything is wrong; the message has one line per problem.</exception>
    public static ComparisonPlan Load(string path, IEnumerable<string> overrides) =>
        ComparisonPlanLoader.Load(path, ConfigText.ReadFile(path), overrides, Environment.CurrentDirectory);

    /// <summary>Reads a plan's text; <paramref name="path"/> is for messages and relative paths.</summary>
    /// <inheritdoc cref="Load" path="/exception"/>
    public static ComparisonPlan Parse(string path, string text, IEnumerable<string> overrides) =>
        ComparisonPlanLoader.Load(path, text, overrides, Environment.CurrentDirectory);

    /// <summary>The recipe of a configuration: the plan's recipe, then what all set, then what it sets.</summary>
    /// <exception cref="InputException">The values are wrong, or contradict each other.</exception>
    public Recipe RecipeOf(ComparisonConfiguration configuration)
    {
        try
        {
            return Recipe.LoadWith(RecipePath, [.. Common, .. configuration.Values]);
        }
        catch (InputException wrong)
        {
            throw new InputException(
                wrong.Subject, $"{wrong.Problem} (in configuration {configuration.Name})", wrong.NextStep, wrong);
        }
    }
}
