using System.Text.Json;
using MoR.Cluster.Errors;

namespace MoR.Coordinator.Data;

/// <summary>
/// A file that is one JSON array of objects. It is held in memory whole; a data set too large for that belongs into
/// JSON Lines.
/// </summary>
public static class JsonArrayReader
{
    private const string Expected = "it holds one array of objects";

    /// <summary>The rows of <paramref name="stream"/>; a row's line is the one where its object starts.</summary>
    /// <exception cref="InputException">Not UTF-8, not JSON, or not an array of objects.</exception>
    public static IReadOnlyList<TaskRow> Read(Stream stream, string file)
    {
        ReadOnlySpan<byte> text = Utf8Lines.Validate(Contents(stream, file), file).Span;
        var reader = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = JsonRows.MaximumDepth });
        var rows = new List<TaskRow>();
        int line = 1;
        long counted = 0;
        try
        {
            if (text.Trim(" \t\r\n"u8).IsEmpty)
            {
                return rows;
            }

            _ = reader.Read();
            if (reader.TokenType != JsonTokenType.StartArray)
            {
                throw new DataSource(file, line).Error(
                    "the file does not start with '['",
                    "Use 'format: jsonl' for a file with one object per line, or wrap the objects into an array.");
            }

            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                line += text[(int)counted..(int)reader.TokenStartIndex].Count((byte)'\n');
                counted = reader.TokenStartIndex;
                rows.Add(JsonRows.Row(JsonElement.ParseValue(ref reader), new DataSource(file, line)));
            }

            // Reads on to the end, so that anything after the array is reported.
            while (reader.Read())
            {
            }
        }
        catch (JsonException error)
        {
            throw JsonRows.NotJson(new DataSource(file, (int)(error.LineNumber ?? 0) + 1), error, Expected);
        }

        return rows;
    }

    private static ReadOnlyMemory<byte> Contents(Stream stream, string file)
    {
        if (stream.CanSeek && stream.Length > Array.MaxLength)
        {
            throw new InputException(
                file,
                $"a JSON array of {stream.Length} bytes does not fit into memory (at most {Array.MaxLength})",
                "Convert the file to JSON Lines (format: jsonl).");
        }

        using var contents = new MemoryStream();
        stream.CopyTo(contents);
        return contents.GetBuffer().AsMemory(0, (int)contents.Length);
    }
}
