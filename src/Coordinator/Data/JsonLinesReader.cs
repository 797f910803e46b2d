using System.Text.Json;
using MoR.Cluster.Errors;

namespace MoR.Coordinator.Data;

/// <summary>JSON Lines: one object per line; lines of white space alone are skipped.</summary>
public static class JsonLinesReader
{
    /// <summary>The rows of <paramref name="stream"/>, read as they are asked for.</summary>
    /// <exception cref="InputException">Not UTF-8, not JSON, or a line that is not an object.</exception>
    public static IEnumerable<TaskRow> Read(Stream stream, string file)
    {
        foreach (TextLine line in Utf8Lines.Read(stream, file))
        {
            if (!string.IsNullOrWhiteSpace(line.Text))
            {
                yield return Row(line.Text, new DataSource(file, line.Number));
            }
        }
    }

    private static TaskRow Row(string line, DataSource source)
    {
        try
        {
            using JsonDocument document =
                JsonDocument.Parse(line, new JsonDocumentOptions { MaxDepth = JsonRows.MaximumDepth });
            return JsonRows.Row(document.RootElement, source);
        }
        catch (JsonException error)
        {
            throw JsonRows.NotJson(source, error, "every line holds one whole object");
        }
    }
}
