using MoR.Coordinator.Configuration.Reading;

namespace MoR.Coordinator.Configuration.Pretraining;

/// <summary>
/// Everything that decides a pretraining run, validated whole and with every default filled in. The keys are listed in
/// <c>docs/RECIPES.md</c>, generated from <see cref="PretrainingKeys"/>.
/// </summary>
public sealed record PretrainingRecipe
{
    /// <summary>Lower-case name of the run; default is the file's.</summary>
    public required string Name { get; init; }

    /// <summary>Seed of everything random, 0..2^63-1.</summary>
    public required long Seed { get; init; }

    public required PretrainingModel Model { get; init; }

    public required PretrainingTokenizer Tokenizer { get; init; }

    public required PretrainingDataKeys Data { get; init; }

    public required RecipeTraining Training { get; init; }

    public required PretrainingEvaluation Evaluation { get; init; }

    public required RecipeCheckpoint Checkpoint { get; init; }

    public required PretrainingOutput Output { get; init; }

    public required RecipeNumerics Numerics { get; init; }

    /// <summary>Reads and checks a recipe. Relative paths in the file start from its folder.</summary>
    /// <param name="path">The YAML file.</param>
    /// <param name="overrides"><c>key=value</c> options; their relative paths start from the working directory.</param>
    /// <exception cref="MoR.Cluster.Errors.InputException">
    /// Anything is wrong with the file or the options; the message has one line per problem.
    /// </exception>
    public static PretrainingRecipe Load(string path, IEnumerable<string> overrides) =>
        Parse(path, ConfigText.ReadFile(path), overrides);

    /// <summary>Reads a recipe's text; <paramref name="path"/> is for messages and relative paths.</summary>
    /// <inheritdoc cref="Load" path="/exception"/>
    public static PretrainingRecipe Parse(string path, string text, IEnumerable<string> overrides) =>
        PretrainingLoader.Load(path, text, overrides, Environment.CurrentDirectory);

    /// <summary>Whether a text is a recipe of this kind: only these describe a model.</summary>
    public static bool IsOne(string text) =>
        YamlReader.Read(text, new Place("recipe", 1, "/"), new ProblemList()) is MapNode map
        && map.Entries.Any(entry => entry.Key == "model");

    /// <summary>The recipe with every key, which <see cref="Load"/> reads as an equal recipe.</summary>
    public string ToYaml() => KeyWriter.Write(this, PretrainingKeys.All);
}
