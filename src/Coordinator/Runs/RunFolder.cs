using System.Globalization;
using System.Text;
using MoR.Cluster.Disk;
using MoR.Cluster.Errors;

namespace MoR.Coordinator.Runs;

/// <summary>
/// The folder of a run: recipe, metrics, log, report and checkpoints. A folder is a run once it holds its recipe.
/// Whoever writes holds the lock for as long as this object lives; readers need none.
/// </summary>
public sealed class RunFolder : IDisposable
{
    private const string RecipeName = "recipe.yaml";
    private const string MetricsName = "metrics.jsonl";
    private const string LogName = "log.txt";
    private const string ReportName = "report.html";
    private const string LockName = "lock";
    private const string EpochName = "epoch";

    private readonly IDisk disk;
    private readonly IDisposable? held;
    private MetricsLog? metrics;

    private RunFolder(IDisk disk, string location, IDisposable? held)
    {
        (this.disk, Location, this.held) = (disk, location, held);
        Checkpoints = new CheckpointStore(disk, location);
    }

    /// <summary>The path of the folder.</summary>
    public string Location { get; }

    /// <summary>The resolved recipe.</summary>
    public string RecipePath => PathOf(RecipeName);

    /// <summary>One line per step, see <see cref="MetricsLog"/>.</summary>
    public string MetricsPath => PathOf(MetricsName);

    /// <summary>The log of the program.</summary>
    public string LogPath => PathOf(LogName);

    /// <summary>The report for people.</summary>
    public string ReportPath => PathOf(ReportName);

    /// <summary>The checkpoints; one may write them only through a folder that holds the lock.</summary>
    public CheckpointStore Checkpoints { get; }

    /// <summary>Makes a new run in a folder that is missing or empty, and locks it.</summary>
    /// <param name="disk">Where.</param>
    /// <param name="path">The folder; its missing parents are made.</param>
    /// <param name="recipe">The resolved recipe, YAML.</param>
    /// <exception cref="InputException">
    /// The folder is in use, holds a run already or something else, or cannot be written; nothing was changed in it.
    /// </exception>
    public static RunFolder Create(IDisk disk, string path, string recipe)
    {
        var location = FullPath(path);
        if (disk.FolderExists(location))
        {
            // A run that is in use is called so below; anything else is refused before a lock file is touched.
            if (!disk.FileExists(Path.Combine(location, LockName))
                || !disk.FileExists(Path.Combine(location, RecipeName)))
            {
                RefuseContent(disk, location);
            }
        }
        else
        {
            disk.CreateFolderDurably(location);
        }

        return Locked(disk, location, run =>
        {
            // Once more under the lock: another process may have come first.
            RefuseContent(disk, location);
            disk.CreateFolder(run.PathOf(CheckpointStore.FolderName));
            disk.WriteWhole(run.RecipePath, Encoding.UTF8.GetBytes(recipe));
        });
    }

    /// <summary>Opens a run to continue it: locks it and clears up what a crash left.</summary>
    /// <exception cref="InputException">
    /// There is no run there, it is in use, or the folder cannot be written.
    /// </exception>
    public static RunFolder Open(IDisk disk, string path, Action<string>? report = null)
    {
        var location = FullPath(path);
        RefuseOtherThanRun(disk, location);
        return Locked(disk, location, run =>
        {
            foreach (var name in new[] { RecipeName, MetricsName, ReportName, RunStatus.FileName, CheckpointStore.AdapterName })
            {
                disk.DeleteFile(run.PathOf(name + DiskExtensions.TemporaryEnding));
            }

            disk.CreateFolder(run.PathOf(CheckpointStore.FolderName));
            disk.FlushFolder(location);
            run.Checkpoints.Recover(report);
        });
    }

    /// <summary>Whether a folder is a run.</summary>
    public static bool IsRun(IDisk disk, string path) => disk.FileExists(Path.Combine(path, RecipeName));

    /// <summary>Opens a run to look at it, in use or not: takes no lock and changes nothing.</summary>
    /// <exception cref="InputException">There is no run there.</exception>
    public static RunFolder OpenForReading(IDisk disk, string path)
    {
        var location = FullPath(path);
        RefuseOtherThanRun(disk, location);
        return new RunFolder(disk, location, held: null);
    }

    /// <summary>The resolved recipe, YAML.</summary>
    public string ReadRecipe() => Encoding.UTF8.GetString(disk.ReadAllBytes(RecipePath));

    /// <summary>Replaces the recipe, whole, when a run goes on with other values.</summary>
    public void ReplaceRecipe(string recipe)
    {
        RequireLock();
        disk.WriteWhole(RecipePath, Encoding.UTF8.GetBytes(recipe));
    }

    /// <summary>
    /// The next epoch, which fences off every coordinator that had the run before: durable before it is returned, so that no two
    /// coordinators ever have the same.
    /// </summary>
    /// <exception cref="RunException">The file that holds it is damaged.</exception>
    public long RaiseEpoch()
    {
        RequireLock();
        var path = PathOf(EpochName);
        var text = disk.FileExists(path) ? Encoding.UTF8.GetString(disk.ReadAllBytes(path)).Trim() : "0";
        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var last))
        {
            throw new RunException(
                path, $"it holds '{text}' where a whole number belongs",
                "Write a number larger than any epoch in the run's log.txt into it.");
        }

        disk.WriteWhole(path, Encoding.UTF8.GetBytes($"{last + 1}\n"));
        return last + 1;
    }

    /// <summary>Who trains here now, as "process 4711 on lab3"; null for nobody.</summary>
    public string? Holder() => disk.LockHolder(PathOf(LockName));

    /// <summary>Replaces the status, so that a reader finds the old or the new; not durable, and of no use after a crash.</summary>
    public void WriteStatus(RunStatus status)
    {
        RequireLock();
        var temporary = PathOf(RunStatus.FileName + DiskExtensions.TemporaryEnding);
        using (var file = disk.Create(temporary))
        {
            status.Write(file);
        }

        disk.Rename(temporary, PathOf(RunStatus.FileName));
    }

    /// <summary>The status as it was written last; null where there is none that can be read.</summary>
    public RunStatus? ReadStatus()
    {
        var path = PathOf(RunStatus.FileName);
        return disk.FileExists(path) ? RunStatus.Read(disk.ReadAllBytes(path)) : null;
    }

    /// <summary>Replaces the report, whole.</summary>
    public void WriteReport(string html)
    {
        RequireLock();
        disk.WriteWhole(ReportPath, Encoding.UTF8.GetBytes(html));
    }

    /// <summary>
    /// Opens the metrics to continue after a step (0: from the start); they are closed with this folder.
    /// </summary>
    public MetricsLog OpenMetrics(long keepThroughStep, Action<string>? report = null)
    {
        RequireLock();
        metrics?.Dispose();
        metrics = MetricsLog.Open(disk, MetricsPath, keepThroughStep, report);
        return metrics;
    }

    /// <summary>The lines of the metrics so far.</summary>
    public string[] ReadMetricLines()
    {
        using var reader = new StreamReader(disk.OpenRead(MetricsPath));
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>Saves a checkpoint after making durable the metrics that it must not be ahead of.</summary>
    /// <exception cref="RunException">The disk is full or fails; what was saved before stays good.</exception>
    public Checkpoint Save(long step, IReadOnlyList<CheckpointFile> content)
    {
        RequireLock();
        metrics?.Flush();
        return Checkpoints.Save(step, content);
    }

    public void Dispose()
    {
        metrics?.Dispose();
        held?.Dispose();
    }

    private static string FullPath(string path) =>
        string.IsNullOrWhiteSpace(path) || path.Contains('\0', StringComparison.Ordinal)
            ? throw new InputException($"'{path}'", "this cannot be the path of a run's folder", "Name a folder.")
            : Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));

    private static RunFolder Locked(IDisk disk, string location, Action<RunFolder> prepare)
    {
        var handle = disk.TryLock(Path.Combine(location, LockName), out var holder)
            ?? throw new InputException(
                location, $"the folder is in use by {holder}", "Wait until that run ends, or choose another folder.");
        var run = new RunFolder(disk, location, handle);
        try
        {
            prepare(run);
            return run;
        }
        catch
        {
            run.Dispose();
            throw;
        }
    }

    private static void RefuseOtherThanRun(IDisk disk, string location)
    {
        if (!disk.FolderExists(location))
        {
            throw new InputException(location, "there is no such folder", "Give the folder of a run.");
        }

        if (!disk.FileExists(Path.Combine(location, RecipeName)))
        {
            throw new InputException(
                location, $"it holds no {RecipeName}, so it is no run", "Give the folder of a run.");
        }
    }

    // What a start leaves that died before it wrote the recipe does not count as content.
    private static void RefuseContent(IDisk disk, string location)
    {
        if (disk.FileExists(Path.Combine(location, RecipeName)))
        {
            throw new InputException(
                location, "it holds a run already",
                "Continue it with --resume, or choose another folder with --output.");
        }

        foreach (var name in disk.List(location))
        {
            var isLeftover = name is LockName or RecipeName + DiskExtensions.TemporaryEnding
                || (name == CheckpointStore.FolderName && IsEmptyFolder(disk, Path.Combine(location, name)));
            if (!isLeftover)
            {
                throw new InputException(
                    location, $"it is no run and not empty: it holds '{name}'", "Choose another folder with --output.");
            }
        }
    }

    private static bool IsEmptyFolder(IDisk disk, string path) => disk.FolderExists(path) && disk.List(path).Count == 0;

    private void RequireLock()
    {
        if (held is null)
        {
            throw new InvalidOperationException("This run was opened for reading.");
        }
    }

    private string PathOf(string name) => Path.Combine(Location, name);
}
