namespace MoR.Coordinator.Configuration;

/// <summary>When and how the tasks are evaluated.</summary>
public sealed record RecipeEvaluation
{
    /// <summary>Steps between evaluations; 0 means only before and after training.</summary>
    public required int EverySteps { get; init; }

    /// <summary>Items of each task's split that are used, the first ones after a seeded shuffle; 0 means all.</summary>
    public required int MaxItems { get; init; }

    public required RecipeLengthNormalisation LengthNormalisation { get; init; }

    /// <summary>Evaluations without improvement after which training stops; 0 switches early stopping off.</summary>
    public required int EarlyStopPatience { get; init; }
}
