using MoR.Cluster.Errors;

namespace MoR.Coordinator.Configuration;

/// <summary>Finds the folders that come with the program: <c>recipes</c>, <c>tasks</c> and <c>plans</c>, side by side.</summary>
public static class ShippedFolder
{
    public const string Recipes = "recipes";
    public const string Tasks = "tasks";
    public const string Plans = "plans";

    /// <summary>
    /// The absolute path of <paramref name="name"/> beside the program (a published folder) or above it (a clone); null
    /// when the program was taken away from both.
    /// </summary>
    public static string? Find(string name)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var isShipped = Directory.Exists(Path.Join(folder.FullName, Recipes))
                && Directory.Exists(Path.Join(folder.FullName, Tasks));
            if (isShipped)
            {
                return Path.Join(folder.FullName, name);
            }
        }

        return null;
    }

    /// <summary>
    /// The path of a YAML file that is given by path, or by its name in one of these folders. A path that does not exist is
    /// left to the reader to refuse.
    /// </summary>
    /// <param name="given">The path or name.</param>
    /// <param name="what">What the file is, for the message, such as <c>recipe</c>.</param>
    /// <param name="folder">Where names are looked up; null when the program was taken away from it.</param>
    /// <exception cref="InputException">It is a bare name, neither of a file nor of one in the folder.</exception>
    public static string PathOf(string given, string what, string? folder)
    {
        if (File.Exists(given) || folder is null)
        {
            return given;
        }

        var shipped = Path.Combine(folder, given + ".yaml");
        if (File.Exists(shipped))
        {
            return shipped;
        }

        var isName = Path.GetFileName(given) == given && !Path.HasExtension(given) && !Directory.Exists(given);
        return isName && Directory.Exists(folder)
            ? throw new InputException(
                given,
                $"there is neither a {what} of that name nor such a file",
                $"Name one of {string.Join(", ", TaskCatalogue.Names(folder))}, or the path of a {what} file.")
            : given;
    }
}
