namespace MoR.Tests;

/// <summary>Real data for tests, found through MOR_TEST_DATA, by default beside the checkout. Tests skip without it.</summary>
internal static class SharedData
{
    /// <summary>The repository's root.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The folder of real data, whether or not it exists.</summary>
    public static string Folder { get; } =
        Environment.GetEnvironmentVariable("MOR_TEST_DATA") ?? Path.GetFullPath(Path.Combine(Root, "../shared/data"));

    /// <summary>A file or folder of the real data; skips the test where it is absent.</summary>
    public static string Require(string path)
    {
        var full = Path.Combine(Folder, path);
        Skip.IfNot(Path.Exists(full), $"{full} is not there; set MOR_TEST_DATA to the folder of real test data.");
        return full;
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "MoR.Distributed.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("MoR.Distributed.sln was not found above the tests.");
    }
}
