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

    /// <summary>
    /// The form of the task that is there: the first of which any file is. A task of one form is that, there or not.
    /// </summary>
    /// <param name="task">The task.</param>
    /// <param name="dataFolder">The recipe's <c>data.folder</c>; null: beside the task file.</param>
    /// <param name="open">Opens a file for reading, with the errors of <see cref="File.OpenRead(string)"/>.</param>
    /// <exception cref="InputException">There are several forms, and no file of any.</exception>
    public static TaskDefinition FormOf(TaskDefinition task, string? dataFolder, Func<string, Stream> open)
    {
        ImmutableArray<TaskDefinition> forms = [task, .. task.OtherForms];
        if (forms.Length == 1)
        {
            return task;
        }

        return forms.FirstOrDefault(form => FilesOf(form).Any(path => IsThere(form, path, dataFolder, open)))
            ?? throw new InputException(
                Candidates(task, FilesOf(task).First(), dataFolder)[0],
                $"there is no such file, and none of task '{task.Name}' in any other form ("
                + string.Join("; ", forms.Select(form => $"{form.Form}: {string.Join(", ", FilesOf(form))}")) + ")",
                WhereToLook(task, dataFolder));
    }

    /// <summary>The rows of one split that are items, file after file, read as they are asked for.</summary>
    /// <param name="task">The task.</param>
    /// <param name="split"><c>train</c>, <c>dev</c> or <c>test</c>.</param>
    /// <param name="dataFolder">The recipe's <c>data.folder</c>; null: beside the task file.</param>
    /// <param name="open">Opens a file for reading, with the errors of <see cref="File.OpenRead(string)"/>.</param>
    /// <exception cref="InputException">A file is missing, unreadable, empty or malformed, or no row is an
    /// item.</exception>
    public static IEnumerable<TaskRow> Read(
        TaskDefinition task, string split, string? dataFolder, Func<string, Stream> open)
    {
        ImmutableArray<string> paths = task.Splits.Named(split);
        ImmutableArray<string> labels = task.LabelFiles.Named(split);
        ImmutableArray<ColumnCondition> conditions = task.Where.Of(split);
        for (int i = 0; i < paths.Length; i++)
        {
            (string file, Stream stream) = Find(task, split, paths[i], dataFolder, open);
            using (stream)
            {
                IEnumerable<TaskRow> rows = Rows(task, stream, file);
                if (labels.Length > 0)
                {
                    (string labelFile, Stream labelStream) = Find(task, split, labels[i], dataFolder, open);
                    rows = LabelFile.Join(rows, file, labelStream, labelFile, task.LabelColumn!);
                }

                int read = 0, items = 0;
                foreach (TaskRow row in rows)
                {
                    read++;
                    if (conditions.All(condition => row.Text(condition.Column) == condition.Value))
                    {
                        items++;
                        yield return row;
                    }
                }

                CheckSome(task, split, file, read, items);
            }
        }
    }

    /// <summary>The texts of one split, file after file, for a task that is plain text.</summary>
    /// <inheritdoc cref="Read" path="/param"/>
    /// <exception cref="InputException">A file is missing, unreadable, empty or not UTF-8.</exception>
    public static IEnumerable<TaskText> ReadTexts(
        TaskDefinition task, string split, string? dataFolder, Func<string, Stream> open)
    {
        foreach (string path in task.Splits.Named(split))
        {
            (string file, Stream stream) = Find(task, split, path, dataFolder, open);
            using (stream)
            {
                string text = Utf8Lines.ReadWhole(stream, file);
                CheckSome(task, split, file, text.Length, text.Length);
                yield return new TaskText(new DataSource(file, 1), text);
            }
        }
    }

    private static void CheckSome(TaskDefinition task, string split, string file, int read, int items)
    {
        if (read == 0)
        {
            throw new InputException(
                file,
                $"the file holds no {(task.IsText ? "text" : "rows")} (split '{split}' of task '{task.Name}')",
                $"Put data into it, or take it out of 'splits' in '{task.FilePath}'.");
        }

        if (items == 0)
        {
            string wanted = string.Join(", ", task.Where.Of(split).Select(item => $"{item.Column}: '{item.Value}'"));
            throw new InputException(
                file,
                $"none of its {read} rows fulfils 'where' ({wanted}; split '{split}' of task '{task.Name}')",
                $"Correct 'where' in '{task.FilePath}', or the file.");
        }
    }

    private static IEnumerable<string> FilesOf(TaskDefinition form) =>
        form.Splits.Train.Concat(form.Splits.Dev).Concat(form.Splits.Test).Distinct(StringComparer.Ordinal);

    private static bool IsThere(TaskDefinition task, string path, string? dataFolder, Func<string, Stream> open) =>
        Candidates(task, path, dataFolder).Any(file =>
        {
            try
            {
                open(file).Dispose();
                return true;
            }
            catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
            {
                return false;
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // It is there, and reading it will say what is wrong with it.
                return true;
            }
        });

    private static IEnumerable<TaskRow> Rows(TaskDefinition task, Stream stream, string file) => task.Format switch
    {
        TaskFormat.Tsv => TsvReader.Read(stream, file, task.Header, task.Columns),
        TaskFormat.Json => JsonArrayReader.Read(stream, file),
        TaskFormat.Jsonl => JsonLinesReader.Read(stream, file),
        TaskFormat.JsonObject => JsonArrayReader.ReadMembers(stream, file),
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

        throw new InputException(
            candidates[0], $"there is no such file (split '{split}' of task '{task.Name}')", WhereToLook(task, dataFolder));
    }

    private static string WhereToLook(TaskDefinition task, string? dataFolder)
    {
        string where = dataFolder is null
            ? "Set data.folder to the folder that holds the data sets"
            : $"Set data.folder (now '{dataFolder}') to the folder that holds the data sets";
        return $"{where}, or correct 'splits' in '{task.FilePath}'.";
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
