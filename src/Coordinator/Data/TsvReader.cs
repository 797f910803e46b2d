using MoR.Cluster.Errors;

namespace MoR.Coordinator.Data;

/// <summary>
/// Tab-separated values: one row per line, cells separated by exactly one tab, quotes and backslashes are ordinary
/// characters. The names of the columns come from the first line or from the task file.
/// </summary>
public static class TsvReader
{
    /// <summary>The rows of <paramref name="stream"/>, read as they are asked for.</summary>
    /// <param name="stream">The file's bytes.</param>
    /// <param name="file">The file's name, for messages.</param>
    /// <param name="header">Whether the first line holds the names of the columns.</param>
    /// <param name="columns">The names of the columns when there is no header.</param>
    /// <exception cref="InputException">Not UTF-8, a row with another number of cells, or a header that repeats a
    /// name.</exception>
    public static IEnumerable<TaskRow> Read(Stream stream, string file, bool header, IReadOnlyList<string> columns)
    {
        IReadOnlyList<string>? names = header ? null : columns;
        int blank = 0;
        foreach (TextLine line in Utf8Lines.Read(stream, file))
        {
            var source = new DataSource(file, line.Number);
            if (names is null)
            {
                names = line.Text.Split('\t');
                CheckHeader(names, source);
                continue;
            }

            // An empty line ends a file as often as it is a mistake: it is one only when a row follows.
            if (line.Text.Length == 0 && names.Count > 1)
            {
                blank = blank == 0 ? line.Number : blank;
                continue;
            }

            if (blank > 0)
            {
                throw new DataSource(file, blank).Error(
                    $"the line is empty, and a row of {names.Count} columns is needed", "Remove the line.");
            }

            yield return Row(line.Text.Split('\t'), names, source, header);
        }
    }

    private static void CheckHeader(IReadOnlyList<string> names, DataSource source)
    {
        string? repeated = names.GroupBy(name => name, StringComparer.Ordinal)
            .FirstOrDefault(group => group.Count() > 1)?.Key;
        if (repeated is not null)
        {
            throw source.Error(
                $"the header names column '{repeated}' twice",
                "Rename one of them, or set 'header: false' and list 'columns' in the task file.");
        }
    }

    private static TaskRow Row(string[] cells, IReadOnlyList<string> names, DataSource source, bool header)
    {
        if (cells.Length != names.Count)
        {
            string known = string.Join(", ", names);
            throw source.Error(
                $"the row has {cells.Length} columns, and {names.Count} are needed ({known})",
                header
                    ? "Correct the row, or set 'header: false' if the first line is a row too."
                    : "Correct the row, or 'columns' in the task file.");
        }

        var columns = new Dictionary<string, TaskValue>(cells.Length, StringComparer.Ordinal);
        for (int i = 0; i < cells.Length; i++)
        {
            columns.Add(names[i], TaskValue.Of(cells[i]));
        }

        return new TaskRow(source, columns);
    }
}
