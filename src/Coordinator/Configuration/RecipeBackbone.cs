namespace MoR.Coordinator.Configuration;

/// <summary>The frozen model that is adapted.</summary>
public sealed record RecipeBackbone
{
    /// <summary>Absolute path of a Hugging Face folder.</summary>
    public required string Path { get; init; }

    public required RecipeDtype Dtype { get; init; }
}
