namespace MoR.Coordinator.Tests.Configuration;

/// <summary>Folders of the repository, found from the folder of the tests' program.</summary>
internal static class TestFolders
{
    public static string Root { get; } = FindRoot();

    public static string Recipes => Path.Join(Root, "recipes");

    public static string Tasks => Path.Join(Root, "tasks");

    /// <summary>The folder of real data, which may be absent.</summary>
    public static string Data =>
        Environment.GetEnvironmentVariable("MOR_TEST_DATA") ?? Path.GetFullPath("../shared/data", Root);

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Join(folder.FullName, "MoR.Distributed.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"MoR.Distributed.sln is not above {AppContext.BaseDirectory}");
    }
}
