using System.Collections.Immutable;
using MoR.Cluster.Errors;
using MoR.Coordinator.Configuration;

namespace MoR.Coordinator.Data;

/// <summary>Finds and opens the files of a task's splits.</summary>
/// <remarks>
/// A path of a task file is relative to the recipe's <c>data.folder</c>. That folder may also be the parent of one
/// called <c>tasks</c> that holds the data sets, or the data set's own folder (<c>.../RTE</c> for
/// <c>RTE/train.tsv</c>).
/// </remarks>
public static class TaskFiles
{
    private const string TasksFolder = "tasks";

    /// <summary>The rows of one split, file after file, read as they are asked for.</summary>
    /// <param name="task">The task.</param>
    /// <param name="split"><c>train</c>, <c>dev</c> or <c>test</c>.</param>
    /// <param name="dataFolder">The recipe's <c>data.folder</c>; null: beside the task file.</param>
    /// <param name="open">Opens a file for reading, with the errors of <see cref="File.OpenRead(string)"/>.</param>
    /// <exception cref="InputException">A file is missing, unreadable, empty or malformed.</exception>
    public static IEnumerable<TaskRow> Read(
        TaskDefinition task, string split, string? dataFolder, Func<string, Stream> open)
    {
        foreach (string path in task.Splits.Named(split))
        {
            (string file, Stream stream) = Find(task, split, path, dataFolder, open);
            using (stream)
            {
                bool any = false;
                foreach (TaskRow row in Rows(task, stream, file))
                {
                    any = true;
                    yield return row;
                }

                if (!any)
                {
                    throw new InputException(
                        file,
                        $"the file holds no rows (split '{split}' of task '{task.Name}')",
                        $"Put data into it, or take it out of 'splits' in '{task.FilePath}'.");
                }
            }
        }
    }

    private static IEnumerable<TaskRow> Rows(TaskDefinition task, Stream stream, string file) => task.Format switch
    {
        TaskFormat.Tsv => TsvReader.Read(stream, file, task.Header, task.Columns),
        TaskFormat.Json => JsonArrayReader.Read(stream, file),
        TaskFormat.Jsonl => JsonLinesReader.Read(stream, file),
        _ => throw new ArgumentOutOfRangeException(nameof(task), task.Format, "Unknown format."),
    };

    private static (string File, Stream Stream) Find(
        TaskDefinition task, string split, string path, string? dataFolder, Func<string, Stream> open)
    {
        ImmutableArray<string> candidates = Candidates(task, path, dataFolder);
        foreach (string file in candidates)
        {
            try
            {
                return (file, open(file));
            }
            catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
            {
                // The next candidate, then the message below.
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                throw new InputException(
                    file,
                    $"cannot be read ({error.Message.TrimEnd('.')})",
                    "Check that it is a file and that you may read it.",
                    error);
            }
        }

        string where = dataFolder is null
            ? "Set data.folder to the folder that holds the data sets"
            : $"Set data.folder (now '{dataFolder}') to the folder that holds the data sets";
        throw new InputException(
            candidates[0],
            $"there is no such file (split '{split}' of task '{task.Name}')",
            $"{where}, or correct 'splits' in '{task.FilePath}'.");
    }

    private static ImmutableArray<string> Candidates(TaskDefinition task, string path, string? dataFolder)
    {
        string folder = Path.GetFullPath(dataFolder ?? Path.GetDirectoryName(task.FilePath) ?? ".");
        var candidates = new List<string> { Path.GetFullPath(path, folder) };
        if (!Path.IsPathRooted(path))
        {
            candidates.Add(Path.GetFullPath(Path.Combine(TasksFolder, path), folder));
            if (path.Split('/') is { Length: > 1 } parts && parts[0] == Path.GetFileName(folder.TrimEnd('/')))
            {
                candidates.Add(Path.GetFullPath(string.Join('/', parts[1..]), folder));
            }
        }

        return [.. candidates];
    }
}
