namespace MoR.Coordinator.Configuration;

/// <summary>One recipe of a folder, for a listing.</summary>
/// <param name="Name">The file's name without extension.</param>
/// <param name="FilePath">The file.</param>
/// <param name="Summary">The first comment line; empty when there is none.</param>
/// <param name="RequiredKeys">Keys that the file leaves to the user, to be given with <c>--set</c>.</param>
/// <param name="Problem">Why the file cannot be used at all; null for a usable one.</param>
public sealed record RecipeSummary(
    string Name, string FilePath, string Summary, ItemList<string> RequiredKeys, string? Problem);
