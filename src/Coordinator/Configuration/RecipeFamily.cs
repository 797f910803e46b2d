using System.Collections.Immutable;
using MoR.Coordinator.Configuration.Pretraining;
using MoR.Coordinator.Configuration.Reading;

namespace MoR.Coordinator.Configuration;

/// <summary>Recipes of one command.</summary>
/// <param name="command">The command.</param>
/// <param name="subfolder">Where they are below the folder of recipes.</param>
/// <param name="placeholder">What stands for the value of a required key in an example.</param>
/// <param name="requiredKeys">The keys that a text leaves to the user.</param>
/// <param name="check">Reads a text with overrides, for its errors.</param>
public sealed class RecipeFamily(
    string command, string subfolder, string placeholder, Func<string, string, ItemList<string>> requiredKeys,
    Action<string, string, IEnumerable<string>> check)
{
    /// <summary>Of <c>mor train</c>.</summary>
    public static RecipeFamily Training { get; } = new(
        "train", "", "DIR", RequiredOfTraining, (path, text, overrides) => Recipe.Parse(path, text, overrides));

    /// <summary>Of <c>mor pretrain</c>.</summary>
    public static RecipeFamily Pretraining { get; } = new(
        "pretrain",
        "pretrain",
        "FILE",
        RequiredOfPretraining,
        (path, text, overrides) => PretrainingRecipe.Parse(path, text, overrides));

    public string Command => command;

    public string Subfolder => subfolder;

    public string Placeholder => placeholder;

    /// <summary>The folder of the recipes that come with the program; null when it was taken away from them.</summary>
    public string? Folder => ShippedFolder.Find(ShippedFolder.Recipes) is { } recipes ? Path.Join(recipes, subfolder) : null;

    /// <summary>The keys that a recipe's text leaves to the user, to be given with <c>--set</c>.</summary>
    public ItemList<string> RequiredKeys(string path, string text) => requiredKeys(path, text);

    /// <summary>Reads and checks a recipe's text.</summary>
    /// <exception cref="MoR.Cluster.Errors.InputException">Anything is wrong with it.</exception>
    public void Check(string path, string text, IEnumerable<string> overrides) => check(path, text, overrides);

    private static ItemList<string> RequiredOfTraining(string path, string text)
    {
        if (Read(path, text, RecipeKeys.All) is not { } reader)
        {
            return [];
        }

        var tasks = reader.Get(RecipeKeys.DataTasks);
        var needsFolder = tasks.Any(task => !TaskReference.IsPath(task)) && !reader.IsGiven(RecipeKeys.DataFolder);
        return [.. Missing(reader, RecipeKeys.All), .. needsFolder ? [RecipeKeys.DataFolder.Path] : Array.Empty<string>()];
    }

    private static ItemList<string> RequiredOfPretraining(string path, string text)
    {
        if (Read(path, text, PretrainingKeys.All) is not { } reader)
        {
            return [];
        }

        var hasSource = reader.IsGiven(PretrainingKeys.DataFiles) || reader.IsGiven(PretrainingKeys.DataCorpora);
        return [.. Missing(reader, PretrainingKeys.All), .. hasSource ? Array.Empty<string>() : [PretrainingKeys.DataFiles.Path]];
    }

    private static KeyReader<TRecord>? Read<TRecord>(string path, string text, ImmutableArray<ConfigKey<TRecord>> keys)
    {
        var ignored = new ProblemList();
        return YamlReader.Read(text, new Place(path, 1, "/"), ignored) is { } root
            ? new KeyReader<TRecord>(keys, root, ignored)
            : null;
    }

    private static ItemList<string> Missing<TRecord>(
        KeyReader<TRecord> reader, ImmutableArray<ConfigKey<TRecord>> keys) =>
        [.. keys.Where(key => key.IsRequired && !reader.IsGiven(key)).Select(key => key.Path)];
}
