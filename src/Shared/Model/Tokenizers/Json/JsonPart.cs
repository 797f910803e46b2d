using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.Json;
using MoR.Cluster.Errors;

namespace MoR.Model.Tokenizers.Json;

/// <summary>
/// One value of a <c>tokenizer.json</c> together with where it stands, so that every refusal names the file, the part
/// and the value. Reading it as the wrong type is an <see cref="InputException"/>. Valid while the file is being read.
/// </summary>
internal readonly struct JsonPart(JsonElement element, string path, string file, int index = -1)
{
    public const string Unsupported =
        "Use a tokenizer without this part, or replace the part in the file by one that is supported.";

    private const string Malformed = "Correct the file, or download it again.";
    private const int LongestQuote = 80;

    /// <summary>Where the value stands, such as <c>normalizer.normalizers[1].type</c>.</summary>
    public string Path => index < 0 ? path : string.Create(CultureInfo.InvariantCulture, $"{path}[{index}]");

    public JsonValueKind Kind => element.ValueKind;

    /// <summary>The value itself; strings go through <see cref="Text"/>, which refuses half surrogate pairs.</summary>
    public JsonElement Element => element;

    /// <summary>File and path, the subject of an error about this part.</summary>
    public string Subject => Path.Length == 0 ? file : $"{file} at {Path}";

    /// <summary>An error about this part; <paramref name="problem"/> says the value and what was wanted.</summary>
    public InputException Error(string problem, string nextStep = Malformed, Exception? cause = null) =>
        new(Subject, problem, nextStep, cause);

    public InputException WrongValue(string wanted) => Error($"{Quote()} is not {wanted}");

    /// <summary>The value as it stands in the file, shortened; an object or an array by its kind only.</summary>
    public string Quote()
    {
        if (element.ValueKind is JsonValueKind.Object)
        {
            return "an object";
        }

        if (element.ValueKind is JsonValueKind.Array)
        {
            return "an array";
        }

        var raw = element.GetRawText();
        return raw.Length <= LongestQuote ? raw : string.Concat(raw.AsSpan(0, LongestQuote), "...");
    }

    /// <summary>A string of the file, shortened and in quotation marks.</summary>
    public static string Quote(string text) =>
        text.Length <= LongestQuote ? $"\"{text}\"" : $"\"{text.AsSpan(0, LongestQuote)}...\"";

    /// <summary>The member named <paramref name="key"/>, or null where it is missing or JSON's null.</summary>
    public JsonPart? Find(string key)
    {
        RequireKind(JsonValueKind.Object, "an object");
        return element.TryGetProperty(key, out var value) && value.ValueKind != JsonValueKind.Null
            ? new JsonPart(value, Path.Length == 0 ? key : $"{Path}.{key}", file)
            : null;
    }

    public JsonPart Get(string key) =>
        Find(key) ?? throw Error($"the key \"{key}\" is missing or null");

    public bool TryGet(string key, [NotNullWhen(true)] out JsonPart? value) => (value = Find(key)) is not null;

    /// <summary>The elements of an array.</summary>
    public IEnumerable<JsonPart> Items()
    {
        RequireKind(JsonValueKind.Array, "an array");
        var where = Path;
        var next = 0;
        foreach (var item in element.EnumerateArray())
        {
            yield return new JsonPart(item, where, file, next++);
        }
    }

    /// <summary>The members of an object; the path of a member is built only when it is asked for.</summary>
    public IEnumerable<(string Name, JsonElement Value)> Members()
    {
        RequireKind(JsonValueKind.Object, "an object");
        foreach (var member in element.EnumerateObject())
        {
            yield return (NameOf(member), member.Value);
        }
    }

    /// <summary>The part for a member that <see cref="Members"/> gave.</summary>
    public JsonPart Member(string name, JsonElement value) => new(value, $"{Path}[{Quote(name)}]", file);

    /// <summary>One element of an array that is known to have it.</summary>
    public JsonPart Item(int position) => new(element[position], Path, file, position);

    /// <summary>A string; escapes that spell half a surrogate pair are refused.</summary>
    public string Text()
    {
        RequireKind(JsonValueKind.String, "a string");
        try
        {
            return element.GetString()!;
        }
        catch (InvalidOperationException cause)
        {
            throw Error($"{Quote()} has half of a surrogate pair", cause: cause);
        }
    }

    /// <summary>A string of one code point.</summary>
    public string Character()
    {
        var text = Text();
        var isOne = Rune.TryGetRuneAt(text.Length == 0 ? "\uD800" : text, 0, out var rune) &&
            rune.Utf16SequenceLength == text.Length;
        return isOne ? text : throw WrongValue("a string of exactly one character");
    }

    public bool Boolean() => element.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw WrongValue("true or false"),
    };

    /// <summary>The member <paramref name="key"/>; a null or missing one is <paramref name="otherwise"/>.</summary>
    public bool Boolean(string key, bool otherwise) => Find(key)?.Boolean() ?? otherwise;

    public int Integer(int least, int most) =>
        element.ValueKind is JsonValueKind.Number && element.TryGetInt32(out var value)
            && value >= least && value <= most
            ? value
            : throw WrongValue($"a whole number from {least} to {most}");

    /// <summary>Refuses every key that is not in <paramref name="known"/>: it could change what comes out.</summary>
    public void RefuseOtherKeys(params ReadOnlySpan<string> known)
    {
        RequireKind(JsonValueKind.Object, "an object");
        foreach (var member in element.EnumerateObject())
        {
            var name = NameOf(member);
            if (!known.Contains(name))
            {
                throw Error(
                    $"the key {Quote(name)} is not known here; known are {string.Join(", ", known!)}", Unsupported);
            }
        }
    }

    private string NameOf(JsonProperty member)
    {
        try
        {
            return member.Name;
        }
        catch (InvalidOperationException cause)
        {
            throw Error("a key has half of a surrogate pair", cause: cause);
        }
    }

    private void RequireKind(JsonValueKind kind, string wanted)
    {
        if (element.ValueKind != kind)
        {
            throw WrongValue(wanted);
        }
    }
}
