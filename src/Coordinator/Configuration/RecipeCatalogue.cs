using System.Collections.Immutable;
using MoR.Cluster.Errors;
using MoR.Coordinator.Configuration.Reading;

namespace MoR.Coordinator.Configuration;

/// <summary>Lists recipes and what each needs.</summary>
public static class RecipeCatalogue
{
    /// <summary>The <c>*.yaml</c> files of a folder, sorted by name. A file that is not a recipe says why.</summary>
    /// <exception cref="InputException">The folder does not exist.</exception>
    public static ImmutableArray<RecipeSummary> List(string folder, RecipeFamily family)
    {
        if (!Directory.Exists(folder))
        {
            throw new InputException(folder, "the folder does not exist", "Name a folder with recipes (*.yaml).");
        }

        return
        [
            .. Directory.EnumerateFiles(folder, "*.yaml").Order(StringComparer.Ordinal)
                .Select(path => Summarise(path, family)),
        ];
    }

    /// <summary>
    /// The path of the file of a recipe that is given by path, or by its name in <paramref name="recipesFolder"/>, by
    /// default the one that comes with the program. A path that does not exist is left to the reader to refuse.
    /// </summary>
    /// <exception cref="InputException">It is a bare name, neither of a file nor of one of the folder's recipes.</exception>
    public static string PathOf(string recipe, string? recipesFolder = null) =>
        ShippedFolder.PathOf(recipe, "recipe", recipesFolder ?? ShippedFolder.Find(ShippedFolder.Recipes));

    private static RecipeSummary Summarise(string path, RecipeFamily family)
    {
        var summary = "";
        ItemList<string> required = [];
        string? problem = null;
        try
        {
            var text = ConfigText.ReadFile(path);
            summary = FirstComment(text);
            required = family.RequiredKeys(path, text);

            // What is left to the user is filled in, so that everything else is checked.
            family.Check(path, text, required.Select(key => $"{key}=."));
        }
        catch (InputException e)
        {
            problem = e.Message;
        }

        return new RecipeSummary(Path.GetFileNameWithoutExtension(path), path, summary, required, problem);
    }

    private static string FirstComment(string text) =>
        text.Split('\n').FirstOrDefault(line => line.StartsWith('#'))?.TrimStart('#').Trim() ?? "";
}
