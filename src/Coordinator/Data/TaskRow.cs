using System.Collections.Immutable;
using MoR.Cluster.Errors;

namespace MoR.Coordinator.Data;

/// <summary>One row of a task's file: its columns by name, and where it stands.</summary>
public sealed record TaskRow(DataSource Source, IReadOnlyDictionary<string, TaskValue> Columns)
{
    /// <summary>Where the label stands: in the row, unless a file of labels was beside it.</summary>
    public DataSource LabelSource { get; init; } = Source;

    /// <summary>The text of a column.</summary>
    /// <exception cref="InputException">There is no such column, or it holds a list.</exception>
    public string Text(string column)
    {
        TaskValue value = Value(column);
        return value.Text ?? throw Source.Error(
            $"column '{column}' holds a list of {value.List.Length}, and a text is needed",
            "Name a column that holds text in the task file.");
    }

    /// <summary>The list of a column.</summary>
    /// <exception cref="InputException">There is no such column, or it holds a text.</exception>
    public ImmutableArray<string> List(string column)
    {
        TaskValue value = Value(column);
        return value.IsList ? value.List : throw Source.Error(
            $"column '{column}' holds the text '{Excerpt.Of(value.Text!)}', and a list is needed",
            "Name a column that holds a list in the task file.");
    }

    private TaskValue Value(string column)
    {
        if (Columns.TryGetValue(column, out TaskValue? value))
        {
            return value;
        }

        string known = string.Join(", ", Columns.Keys.Order(StringComparer.Ordinal));
        throw Source.Error(
            $"there is no column '{column}' (the columns are: {known})",
            "Correct the column in the task file, or the data.");
    }
}
