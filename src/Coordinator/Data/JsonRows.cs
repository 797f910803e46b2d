using System.Collections.Immutable;
using System.Text.Json;
using MoR.Cluster.Errors;

namespace MoR.Coordinator.Data;

/// <summary>
/// Turns JSON objects into rows. A text stays as it is, a number keeps its spelling, true and false become those words,
/// null becomes the empty text, and an array of such values is a list. The members of an inner object are columns named
/// <c>outer.inner</c>; an array of objects with the same members is one list per member, named likewise.
/// </summary>
internal static class JsonRows
{
    /// <summary>How deep values may nest.</summary>
    public const int MaximumDepth = 32;

    public static TaskRow Row(JsonElement element, DataSource source)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw source.Error(
                $"the row is {Kind(element)}, and an object is needed", "Write every row as {\"column\": value, ...}.");
        }

        var columns = new Dictionary<string, TaskValue>(StringComparer.Ordinal);
        try
        {
            AddObject(columns, prefix: "", element, source);
        }
        catch (InvalidOperationException error)
        {
            // Only a \u escape that is half a surrogate pair cannot be read as text.
            throw source.Error(
                "a text has an escape that is half a surrogate pair",
                "Write characters beyond U+FFFF as a pair of escapes.",
                error);
        }

        return new TaskRow(source, columns);
    }

    public static InputException NotJson(DataSource source, JsonException error, string expected)
    {
        // The library appends its own position, which counts from 0 and, in JSONL, from the row.
        string message = error.Message.Split(" LineNumber:", 2)[0].Split(" Path:", 2)[0].TrimEnd(' ', '.');
        string position = error.BytePositionInLine is { } position0 ? $" at byte {position0 + 1}" : "";
        return source.Error($"not valid JSON{position} ({message})", $"Correct the file; {expected}.", error);
    }

    private static void AddObject(
        Dictionary<string, TaskValue> columns, string prefix, JsonElement element, DataSource source)
    {
        foreach (JsonProperty property in element.EnumerateObject())
        {
            string name = prefix + property.Name;
            JsonElement value = property.Value;
            if (value.ValueKind == JsonValueKind.Object)
            {
                AddObject(columns, name + ".", value, source);
            }
            else if (value.ValueKind == JsonValueKind.Array && FirstKind(value) == JsonValueKind.Object)
            {
                AddObjects(columns, name, value, source);
            }
            else if (value.ValueKind == JsonValueKind.Array)
            {
                IEnumerable<string> list = value.EnumerateArray().Select(item => Scalar(item, name, source));
                Add(columns, name, TaskValue.Of([.. list]), source);
            }
            else
            {
                Add(columns, name, TaskValue.Of(Scalar(value, name, source)), source);
            }
        }
    }

    private static void AddObjects(
        Dictionary<string, TaskValue> columns, string name, JsonElement array, DataSource source)
    {
        string[] members = [.. array.EnumerateArray().First().EnumerateObject().Select(member => member.Name)];
        var lists = members.Select(_ => ImmutableArray.CreateBuilder<string>(array.GetArrayLength())).ToArray();
        foreach (JsonElement item in array.EnumerateArray())
        {
            for (int i = 0; i < members.Length; i++)
            {
                if (item.ValueKind != JsonValueKind.Object || !item.TryGetProperty(members[i], out JsonElement value))
                {
                    throw source.Error(
                        $"not every element of '{name}' is an object with the member '{members[i]}'",
                        "Give all elements of the array the same members.");
                }

                lists[i].Add(Scalar(value, $"{name}.{members[i]}", source));
            }
        }

        for (int i = 0; i < members.Length; i++)
        {
            Add(columns, $"{name}.{members[i]}", TaskValue.Of(lists[i].ToImmutable()), source);
        }
    }

    private static void Add(Dictionary<string, TaskValue> columns, string name, TaskValue value, DataSource source)
    {
        if (!columns.TryAdd(name, value))
        {
            throw source.Error($"column '{name}' occurs twice in the row", "Remove one of the two.");
        }
    }

    private static JsonValueKind FirstKind(JsonElement array) =>
        array.GetArrayLength() == 0 ? JsonValueKind.Undefined : array[0].ValueKind;

    private static string Scalar(JsonElement value, string name, DataSource source) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Number => value.GetRawText(),
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        JsonValueKind.Null => "",
        _ => throw source.Error(
            $"column '{name}' holds {Kind(value)} inside an array, and lists hold texts or numbers",
            "Flatten the array, or leave the column out of the file."),
    };

    private static string Kind(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Array => "an array",
        JsonValueKind.Object => "an object",
        JsonValueKind.String => "a text",
        JsonValueKind.Number => "a number",
        JsonValueKind.Null => "null",
        _ => "a truth value",
    };
}
