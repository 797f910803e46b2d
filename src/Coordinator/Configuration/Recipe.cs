namespace MoR.Coordinator.Configuration;

/// <summary>
/// Everything that decides a run, validated whole and with every default filled in. The keys, their ranges and where
/// their defaults come from are listed in <c>docs/RECIPES.md</c>, generated from RecipeKeys.
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
}
