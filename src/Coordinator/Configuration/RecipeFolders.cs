using MoR.Coordinator.Configuration.Reading;

namespace MoR.Coordinator.Configuration;

/// <summary>Checks that what a recipe points to is there; reading a finished run's recipe does not need it.</summary>
public static class RecipeFolders
{
    /// <summary>Checks <c>backbone.path</c> and <c>data.folder</c>.</summary>
    /// <exception cref="MoR.Cluster.Errors.InputException">One or both are not folders.</exception>
    public static void Require(Recipe recipe)
    {
        var problems = new ProblemList();
        Check(problems, RecipeKeys.BackbonePath, recipe.Backbone.Path);
        if (recipe.Data.Folder is { } folder)
        {
            Check(problems, RecipeKeys.DataFolder, folder);
        }

        problems.ThrowIfAny();
    }

    private static void Check(ProblemList problems, ConfigKey<Recipe> key, string path)
    {
        if (!Directory.Exists(path))
        {
            var what = File.Exists(path) ? "is a file, expected a folder" : "does not exist";
            problems.Add(
                new Place(key.Path, 0, "/"),
                $"{Quoted.Path(path)} {what}",
                $"Give the folder with --set {key.Path}=FOLDER or in the recipe.");
        }
    }
}
