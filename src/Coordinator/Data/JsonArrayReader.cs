using System.Text.Json;
using MoR.Cluster.Errors;

namespace MoR.Coordinator.Data;

/// <summary>
/// A file that is one JSON value: an array of objects, or an object of objects. It is held in memory whole; a data set
/// too large for that belongs into JSON Lines.
/// </summary>
public static class JsonArrayReader
{
    /// <summary>The rows of an array; a row's line is the one where its object starts.</summary>
    /// <exception cref="InputException">Not UTF-8, not JSON, or not an array of objects.</exception>
    public static IReadOnlyList<TaskRow> Read(Stream stream, string file) =>
        Read(stream, file, JsonTokenType.StartArray, "it holds one array of objects");

    /// <summary>The rows of an object whose members are objects; a row's line is the one where its object starts.</summary>
    /// <exception cref="InputException">Not UTF-8, not JSON, or not an object of objects.</exception>
    public static IReadOnlyList<TaskRow> ReadMembers(Stream stream, string file) =>
        Read(stream, file, JsonTokenType.StartObject, "it holds one object whose members are objects");

    private static List<TaskRow> Read(Stream stream, string file, JsonTokenType start, string expected)
    {
        ReadOnlySpan<byte> text = Utf8Lines.Validate(Utf8Lines.Contents(stream, file), file).Span;
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
            if (reader.TokenType != start)
            {
                throw WrongStart(new DataSource(file, line), start);
            }

            while (reader.Read() && reader.TokenType is not (JsonTokenType.EndArray or JsonTokenType.EndObject))
            {
                if (reader.TokenType == JsonTokenType.PropertyName)
                {
                    _ = reader.Read();
                }

                line += text[(int)counted..(int)reader.TokenStartIndex].Count((byte)'\n');
                counted = reader.TokenStartIndex;
                rows.Add(JsonRows.Row(JsonElement.ParseValue(ref reader), new DataSource(file, line)));
            }

            // Reads on to the end, so that anything after the value is reported.
            while (reader.Read())
            {
            }
        }
        catch (JsonException error)
        {
            throw JsonRows.NotJson(new DataSource(file, (int)(error.LineNumber ?? 0) + 1), error, expected);
        }

        return rows;
    }

    private static InputException WrongStart(DataSource source, JsonTokenType start) =>
        start == JsonTokenType.StartArray
            ? source.Error(
                "the file does not start with '['",
                "Use 'format: jsonl' for a file with one object per line, 'format: json_object' for one object whose"
                + " members are the rows, or wrap the objects into an array.")
            : source.Error("the file does not start with '{'", "Use 'format: json' for an array of objects.");
}
