using MoR.Coordinator.Configuration.Reading;

namespace MoR.Coordinator.Configuration;

/// <summary>
/// Everything that decides a run, validated whole and with every default filled in. The keys, their ranges and where
/// their defaults come from are listed in <c>docs/RECIPES.md</c>, generated from <see cref="RecipeKeys"/>.
/// </summary>
public sealed record Recipe
{
    /// <summary>Lower-case name of the run; default is the file's.</summary>
    public required string Name { get; init; }

    /// <summary>Seed of everything random, 0..2^63-1.</summary>
    public required long Seed { get; init; }

    public required RecipeBackbone Backbone { get; init; }

    public required RecipeData Data { get; init; }

    public required RecipeExperts Experts { get; init; }

    public required RecipeRouter Router { get; init; }

    public required RecipeTraining Training { get; init; }

    public required RecipeEvaluation Evaluation { get; init; }

    public required RecipeCheckpoint Checkpoint { get; init; }

    public required RecipeNumerics Numerics { get; init; }

    public required RecipeCluster Cluster { get; init; }

    /// <summary>Reads and checks a recipe. Relative paths in the file start from its folder.</summary>
    /// <param name="path">The YAML file.</param>
    /// <param name="overrides"><c>key=value</c> options; their relative paths start from the working directory.</param>
    /// <exception cref="MoR.Cluster.Errors.InputException">
    /// Anything is wrong with the file or the options; the message has one line per problem.
    /// </exception>
    public static Recipe Load(string path, IEnumerable<string> overrides) =>
        RecipeLoader.Load(path, ConfigText.ReadFile(path), [], overrides, Environment.CurrentDirectory);

    /// <summary>Reads a recipe's text; <paramref name="path"/> is for messages and relative paths.</summary>
    /// <inheritdoc cref="Load" path="/exception"/>
    public static Recipe Parse(string path, string text, IEnumerable<string> overrides) =>
        RecipeLoader.Load(path, text, [], overrides, Environment.CurrentDirectory);

    /// <summary>Reads a recipe with values that another file gives to its keys.</summary>
    /// <inheritdoc cref="Load" path="/exception"/>
    public static Recipe LoadWith(string path, IEnumerable<GivenValue> values) =>
        RecipeLoader.Load(path, ConfigText.ReadFile(path), values, [], Environment.CurrentDirectory);

    /// <summary>The recipe with every key, which <see cref="Load"/> reads as an equal recipe.</summary>
    public string ToYaml() => KeyWriter.Write(this, RecipeKeys.All);
}
