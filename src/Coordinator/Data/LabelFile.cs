using MoR.Cluster.Errors;

namespace MoR.Coordinator.Data;

/// <summary>A file beside the rows that holds their labels, one a line in the same order.</summary>
internal static class LabelFile
{
    /// <summary>The rows with their labels as a column; <paramref name="labels"/> is closed with them.</summary>
    /// <param name="rows">The rows of <paramref name="file"/>, all of them.</param>
    /// <param name="file">The file of the rows, for messages.</param>
    /// <param name="labels">The bytes of the label file.</param>
    /// <param name="labelFile">Its name.</param>
    /// <param name="column">The column that the labels become.</param>
    /// <exception cref="InputException">There are more or fewer labels than rows, or the rows have the column
    /// already.</exception>
    public static IEnumerable<TaskRow> Join(
        IEnumerable<TaskRow> rows, string file, Stream labels, string labelFile, string column)
    {
        using (labels)
        {
            using IEnumerator<TextLine> lines = Utf8Lines.Read(labels, labelFile).GetEnumerator();
            int count = 0;
            foreach (TaskRow row in rows)
            {
                count++;
                if (!lines.MoveNext())
                {
                    throw row.Source.Error(
                        $"the row is number {count}, and '{labelFile}' holds {count - 1} labels",
                        "Take both files from the same copy of the data set.");
                }

                yield return WithLabel(row, column, lines.Current, labelFile);
            }

            while (lines.MoveNext())
            {
                if (lines.Current.Text.Length > 0)
                {
                    throw new DataSource(labelFile, lines.Current.Number).Error(
                        $"the label '{Excerpt.Of(lines.Current.Text)}' is beyond the {count} rows of '{file}'",
                        "Take both files from the same copy of the data set.");
                }
            }
        }
    }

    private static TaskRow WithLabel(TaskRow row, string column, TextLine label, string labelFile)
    {
        var columns = new Dictionary<string, TaskValue>(row.Columns, StringComparer.Ordinal);
        return columns.TryAdd(column, TaskValue.Of(label.Text.Trim()))
            ? row with { Columns = columns, LabelSource = new DataSource(labelFile, label.Number) }
            : throw row.Source.Error(
                $"the row has a column '{column}', which also comes from '{labelFile}'",
                "Remove label_files from the task file, or name another column as label.");
    }
}
