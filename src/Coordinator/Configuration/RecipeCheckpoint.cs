namespace MoR.Coordinator.Configuration;

/// <summary>When checkpoints are written and how many stay.</summary>
public sealed record RecipeCheckpoint
{
    /// <summary>Steps between checkpoints; 0 means only at the end (and when interrupted).</summary>
    public required int EverySteps { get; init; }

    /// <summary>Newest checkpoints that are kept, besides the best evaluated one.</summary>
    public required int Keep { get; init; }
}
