using System.Text;
using MoR.Cluster.Disk;
using MoR.Cluster.Errors;
using MoR.Coordinator.Configuration;
using MoR.Coordinator.Runs;

namespace MoR.Coordinator.Comparison;

/// <summary>
/// The folder of a comparison: <c>plan.json</c>, one run folder for each configuration and seed, and the results as
/// <c>compare.csv</c> and <c>compare.md</c>. Who trains in it holds its lock for as long as this object lives.
/// </summary>
public sealed class ComparisonFolder : IDisposable
{
    private const string RecordName = "plan.json";
    private const string CsvName = "compare.csv";
    private const string TableName = "compare.md";
    private const string LockName = "lock";

    private readonly IDisk _disk;
    private readonly IDisposable? _held;

    private ComparisonFolder(IDisk disk, string location, IDisposable? held) =>
        (_disk, Location, _held) = (disk, location, held);

    /// <summary>The path of the folder.</summary>
    public string Location { get; }

    /// <summary>One row per run and task.</summary>
    public string CsvPath => Path.Combine(Location, CsvName);

    /// <summary>The table in Markdown.</summary>
    public string TablePath => Path.Combine(Location, TableName);

    private string RecordPath => Path.Combine(Location, RecordName);

    /// <summary>Opens a folder to train in, new or with runs of the same plan.</summary>
    /// <exception cref="InputException">It is in use, or holds something else or runs of another plan.</exception>
    public static ComparisonFolder Open(IDisk disk, string path, ComparisonRecord record)
    {
        var location = FullPath(path);
        RefuseOther(disk, location);
        disk.CreateFolderDurably(location);
        var held = disk.TryLock(Path.Combine(location, LockName), out var holder)
            ?? throw new InputException(
                location, $"the folder is in use by {holder}", "Wait until that ends, or choose another with --output.");
        var folder = new ComparisonFolder(disk, location, held);
        try
        {
            folder.RequireSame(record);
            disk.WriteWhole(folder.RecordPath, record.Write());
            return folder;
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <summary>Looks at a folder that may not be there yet, and changes nothing.</summary>
    /// <exception cref="InputException">A comparison by this plan could not go on there.</exception>
    public static ComparisonFolder OpenForReading(IDisk disk, string path, ComparisonRecord record)
    {
        var folder = new ComparisonFolder(disk, FullPath(path), held: null);
        RefuseOther(disk, folder.Location);
        folder.RequireSame(record);
        return folder;
    }

    /// <summary>The folder of a run, there or not.</summary>
    public string PathOf(PlannedRun run) => Path.Combine(Location, run.Name);

    /// <summary>The outcome of a run that is complete, or null.</summary>
    /// <exception cref="InputException">The folder holds a run of another recipe, or is damaged.</exception>
    public RunOutcome? Outcome(PlannedRun run)
    {
        var path = PathOf(run);
        if (!RunFolder.IsRun(_disk, path))
        {
            return null;
        }

        using var folder = RunFolder.OpenForReading(_disk, path);
        var made = Recipe.Parse(folder.RecipePath, folder.ReadRecipe(), []);
        return ComparisonRecord.Differences(made, run.Recipe) is { Count: > 0 } differences
            ? throw new InputException(
                path,
                $"this run is not the plan's: {string.Join(", ", differences)}",
                "Move it away to have it made anew, or choose another folder with --output.")
            : RunOutcome.Read(_disk, path, run.Recipe.Training.Steps);
    }

    /// <summary>
    /// Makes the folder of a run. One that is there takes the plan's recipe: they differ at most in speed and in where things
    /// are, see <see cref="ComparisonRecord.Differences"/>, and things may have been moved.
    /// </summary>
    public void Prepare(PlannedRun run)
    {
        var recipe = run.Recipe.ToYaml();
        if (RunFolder.IsRun(_disk, PathOf(run)))
        {
            using var folder = RunFolder.Open(_disk, PathOf(run));
            folder.ReplaceRecipe(recipe);
        }
        else
        {
            RunFolder.Create(_disk, PathOf(run), recipe).Dispose();
        }
    }

    /// <summary>Replaces the results, each file whole.</summary>
    public void WriteResults(string csv, string markdown)
    {
        _disk.WriteWhole(CsvPath, Encoding.UTF8.GetBytes(csv));
        _disk.WriteWhole(TablePath, Encoding.UTF8.GetBytes(markdown));
    }

    /// <inheritdoc/>
    public void Dispose() => _held?.Dispose();

    private static string FullPath(string path) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));

    private static void RefuseOther(IDisk disk, string location)
    {
        if (disk.FileExists(location))
        {
            throw new InputException(location, "it is a file, expected a folder", "Choose another folder with --output.");
        }

        // What a start leaves that died before it wrote its plan does not count as content.
        string[] leftovers = [LockName, RecordName + DiskExtensions.TemporaryEnding];
        if (disk.FolderExists(location) && !disk.FileExists(Path.Combine(location, RecordName))
            && disk.List(location).FirstOrDefault(name => !leftovers.Contains(name)) is { } foreign)
        {
            throw new InputException(
                location,
                $"it is no comparison and not empty: it holds '{foreign}' and no {RecordName}",
                "Choose another folder with --output.");
        }
    }

    private void RequireSame(ComparisonRecord record)
    {
        if (_disk.FileExists(RecordPath))
        {
            ComparisonRecord.Read(RecordPath, _disk.ReadAllBytes(RecordPath)).RequireSame(Location, record);
        }
    }
}
