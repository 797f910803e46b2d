using System.Diagnostics;
using System.Text.Json;

namespace MoR.Simulation.Tests.Defects;

/// <summary>A copy of the source in a temporary folder, to be changed and built.</summary>
internal sealed class SourceCopy : IDisposable
{
    private static readonly string[] Parts =
        ["src", "demo", "recipes", "tasks", "plans", "Directory.Build.props", "Directory.Packages.props", "global.json", ".editorconfig"];

    private readonly string _folder;
    private readonly SortedDictionary<string, string> _originals = new(StringComparer.Ordinal);

    private SourceCopy(string folder) => _folder = folder;

    /// <summary>The repository.</summary>
    public static string Root { get; } = FindRoot();

    public static SourceCopy Make()
    {
        var copy = new SourceCopy(Directory.CreateTempSubdirectory("mor-defects-").FullName);
        foreach (var part in Parts)
        {
            Copy(Path.Combine(Root, part), Path.Combine(copy._folder, part));
        }

        return copy;
    }

    public void Put(Defect defect)
    {
        var path = Path.Combine(_folder, defect.Path);
        _originals[path] = File.ReadAllText(path);
        File.WriteAllText(path, _originals[path].Replace(defect.Original, defect.Mistaken, StringComparison.Ordinal));
    }

    public void TakeBack(Defect defect)
    {
        var path = Path.Combine(_folder, defect.Path);
        File.WriteAllText(path, _originals[path]);
    }

    public async Task BuildAsync()
    {
        var (code, text) = await RunAsync(
            "dotnet", "build", "src/Program", "-c", "Release", "-v", "quiet", "--nologo", "-p:RunAnalyzers=false");
        Assert.True(code == 0, text);
    }

    /// <summary>Seeds of a range that break a law.</summary>
    public async Task<IReadOnlyList<long>> SimulateAsync(int first, int last)
    {
        var program = Path.Combine(_folder, "artifacts/bin/MoR.Program/release/MoR.Program.dll");
        var (code, text) = await RunAsync("dotnet", program, "simulate", "--seeds", $"{first}..{last}", "--json");
        Assert.True(code is 0 or 1, text);
        var json = JsonDocument.Parse(text.TrimEnd().Split('\n')[^1]).RootElement;
        Assert.True(json.TryGetProperty("failed_seeds", out var failed), text);
        return [.. failed.EnumerateArray().Select(seed => seed.GetInt64())];
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static void Copy(string from, string to)
    {
        if (File.Exists(from))
        {
            File.Copy(from, to);
            return;
        }

        Directory.CreateDirectory(to);
        foreach (var entry in Directory.GetFileSystemEntries(from))
        {
            Copy(entry, Path.Combine(to, Path.GetFileName(entry)));
        }
    }

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "MoR.Distributed.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new DirectoryNotFoundException($"No MoR.Distributed.sln above {AppContext.BaseDirectory}.");
    }

    private async Task<(int Code, string Output)> RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = _folder,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        using var process = Process.Start(start)!;
        var text = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, text);
    }
}
