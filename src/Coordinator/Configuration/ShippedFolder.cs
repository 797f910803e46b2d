namespace MoR.Coordinator.Configuration;

/// <summary>Finds the folders that come with the program: <c>recipes</c> and <c>tasks</c>, side by side.</summary>
public static class ShippedFolder
{
    public const string Recipes = "recipes";
    public const string Tasks = "tasks";

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
}
