namespace MoR.Coordinator.Configuration;

/// <summary>What is trained and evaluated on.</summary>
public sealed record RecipeData
{
    /// <summary>Absolute folder that relative paths of task files start from; null when no task needs it.</summary>
    public required string? Folder { get; init; }

    /// <summary>Names of files of the <c>tasks</c> folder, or absolute paths (see TaskCatalogue).</summary>
    public required ItemList<string> Tasks { get; init; }

    /// <summary>Longest sequence, prompt and completion together, in tokens.</summary>
    public required int MaxTokens { get; init; }

    /// <summary>Items used of each task's training split; null means all.</summary>
    public required int? MaxTrainItems { get; init; }
}
