namespace MoR.Cluster.Tests.Tidy;

/// <summary>The files that people wrote, as (path relative to the repository, lines).</summary>
internal static class SourceTree
{
    private static readonly string[] WrittenByHand =
    [
        ".cs", ".cpp", ".h", ".sh", ".js", ".css", ".html",
        ".md", ".txt", ".yaml", ".yml", ".json", ".csproj", ".props",
    ];

    private static readonly string[] WithoutExtension = ["mor", "run"];

    // Build outputs, and what a developer's own tools leave.
    private static readonly string[] NotOurs = ["artifacts", "runs", "bin", "obj", "node_modules"];

    public static string Root { get; } = FindRoot();

    public static IEnumerable<(string Path, string[] Lines)> Files() =>
        FilesUnder(Root)
            .Order(StringComparer.Ordinal)
            .Select(path => (path, File.ReadAllLines(Path.Combine(Root, path))));

    private static IEnumerable<string> FilesUnder(string folder)
    {
        foreach (string file in Directory.EnumerateFiles(folder).Where(IsText))
            yield return Path.GetRelativePath(Root, file);
        foreach (string child in Directory.EnumerateDirectories(folder).Where(IsOurs))
        {
            foreach (string file in FilesUnder(child))
                yield return file;
        }
    }

    private static bool IsText(string file) =>
        WrittenByHand.Contains(Path.GetExtension(file)) || WithoutExtension.Contains(Path.GetFileName(file));

    private static bool IsOurs(string folder)
    {
        string name = Path.GetFileName(folder);
        return !NotOurs.Contains(name) && (name[0] != '.' || name == ".ci");
    }

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "MoR.Distributed.sln")))
            folder = folder.Parent;
        return folder?.FullName
            ?? throw new DirectoryNotFoundException($"No MoR.Distributed.sln above {AppContext.BaseDirectory}.");
    }
}
