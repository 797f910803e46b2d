using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MoR.Coordinator.CommandLine;

/// <summary>Writes a JSON object on one line.</summary>
internal static class JsonLine
{
    private static readonly JsonSerializerOptions Options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = false,
    };

    /// <summary>JSON has no NaN and no infinity: such a number (a diverged loss) becomes null.</summary>
    public static string Write(JsonObject json)
    {
        ReplaceNonFinite(json);
        return json.ToJsonString(Options);
    }

    private static void ReplaceNonFinite(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject members:
                foreach (var (name, member) in members.ToArray())
                {
                    if (IsNonFinite(member))
                    {
                        members[name] = null;
                    }

                    ReplaceNonFinite(member);
                }

                break;
            case JsonArray items:
                for (var i = 0; i < items.Count; i++)
                {
                    var item = items[i];
                    if (IsNonFinite(item))
                    {
                        items[i] = null;
                    }

                    ReplaceNonFinite(item);
                }

                break;
        }
    }

    private static bool IsNonFinite(JsonNode? node) =>
        node is JsonValue value
        && ((value.TryGetValue<double>(out var wide) && !double.IsFinite(wide))
            || (value.TryGetValue<float>(out var narrow) && !float.IsFinite(narrow)));
}
