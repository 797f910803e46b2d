namespace MoR.Coordinator.Tests;

/// <summary>Finds the data sets that the repository does not ship; tests that need them are skipped without
/// them.</summary>
internal static class TestData
{
    private const string Variable = "MOR_TEST_DATA";

    /// <summary>The path of a file or folder of the test data; skips the test when it is absent.</summary>
    public static string Require(string relative)
    {
        string path = Path.Combine(Root(), relative);
        Skip.IfNot(Path.Exists(path), $"{relative} is not in {Root()}; set {Variable} to the folder of the test data");
        return path;
    }

    /// <summary>The folder of the repository that the test runs in.</summary>
    public static string RepositoryRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "MoR.Distributed.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new DirectoryNotFoundException($"No repository around {AppContext.BaseDirectory}.");
    }

    private static string Root() => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } configured
        ? configured
        : Path.GetFullPath("../shared/data", RepositoryRoot());
}
