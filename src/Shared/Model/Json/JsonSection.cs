using System.Text.Json;
using MoR.Cluster.Errors;

namespace MoR.Model.Json;

/// <summary>A JSON object whose values are read by name, with errors that name file, key, value and range.</summary>
internal sealed class JsonSection
{
    private const long MaxBytes = 1 << 20;
    private readonly string _file;
    private readonly string _nextStep;
    private readonly string _prefix;
    private readonly JsonElement _value;

    private JsonSection(string file, string nextStep, string prefix, JsonElement value) =>
        (_file, _nextStep, _prefix, _value) = (file, nextStep, prefix, value);

    /// <summary>The path of the file.</summary>
    public string File => _file;

    /// <summary>Reads a file whose root is an object.</summary>
    /// <param name="file">The file.</param>
    /// <param name="damaged">What to do if it cannot be read at all.</param>
    /// <param name="wrong">What to do if one of its keys is wrong.</param>
    /// <exception cref="InputException">It is missing, too large, or no JSON object.</exception>
    public static JsonSection Open(string file, string damaged, string wrong)
    {
        try
        {
            if (new FileInfo(file).Length > MaxBytes)
            {
                throw new InputException(file, $"it is larger than {MaxBytes} bytes", damaged);
            }

            return Parse(System.IO.File.ReadAllBytes(file), file, damaged, wrong);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new InputException(file, $"it cannot be read ({cause.Message})", damaged, cause);
        }
    }

    /// <summary>Reads a text whose root is an object.</summary>
    /// <param name="text">The text.</param>
    /// <param name="name">What errors call it.</param>
    /// <param name="damaged">What to do if it cannot be read at all.</param>
    /// <param name="wrong">What to do if one of its keys is wrong.</param>
    /// <exception cref="InputException">It is no JSON object.</exception>
    public static JsonSection Parse(ReadOnlyMemory<byte> text, string name, string damaged, string wrong)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? new JsonSection(name, wrong, "", document.RootElement.Clone())
                : throw new InputException(name, "it is not a JSON object", damaged);
        }
        catch (JsonException cause)
        {
            throw new InputException(name, $"it is not valid JSON ({cause.Message})", damaged, cause);
        }
    }

    /// <summary>An object within, or null.</summary>
    public JsonSection? Section(string key) => Value(key) is not { } value
        ? null
        : value.ValueKind == JsonValueKind.Object
            ? new JsonSection(_file, _nextStep, $"{_prefix}{key}.", value)
            : throw Wrong(key, $"{Excerpt(value)} is not an object");

    /// <summary>A whole number within a range, or null.</summary>
    public int? Integer(string key, int least, int most) =>
        Value(key) is { } value ? ToInteger(key, value, least, most) : null;

    /// <summary>A whole number or a list of them, or null.</summary>
    public IReadOnlyList<int>? Integers(string key, int least, int most) => Value(key) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Array } list => [.. list.EnumerateArray().Select(item => ToInteger(key, item, least, most))],
        { } value => [ToInteger(key, value, least, most)],
    };

    /// <summary>A whole number within a range.</summary>
    /// <exception cref="InputException">The key is missing, or holds something else.</exception>
    public int RequiredInteger(string key, int least, int most) =>
        Integer(key, least, most) ?? throw Wrong(key, "the key is missing");

    /// <summary>A number within a range.</summary>
    /// <exception cref="InputException">The key is missing, or holds something else.</exception>
    public double RequiredNumber(string key, double least, double most) =>
        Number(key, least, most) ?? throw Wrong(key, "the key is missing");

    /// <summary>A number within a range, or null.</summary>
    public double? Number(string key, double least, double most) => Value(key) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Number } value when value.GetDouble() is var number && number >= least && number <= most =>
            number,
        { } value => throw Wrong(key, $"{Excerpt(value)} is not a number from {least} to {most}"),
    };

    /// <summary>A text, or the fallback.</summary>
    public string? Text(string key, string? fallback) => Value(key) switch
    {
        null => fallback,
        { ValueKind: JsonValueKind.String } value => value.GetString(),
        { } value => throw Wrong(key, $"{Excerpt(value)} is not a text"),
    };

    /// <summary>A list of texts, or null.</summary>
    public IReadOnlyList<string>? Texts(string key) => Value(key) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Array } list when list.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String) =>
            [.. list.EnumerateArray().Select(item => item.GetString()!)],
        { } value => throw Wrong(key, $"{Excerpt(value)} is not a list of texts"),
    };

    /// <summary>
    /// The members of an object, each a number within a range, in the file's order; empty if it is absent.
    /// </summary>
    public IReadOnlyList<(string Name, double Value)> Numbers(string key, double least, double most) =>
        Section(key) is { } section
            ? [.. section._value.EnumerateObject()
                .Select(member => (member.Name, section.Number(member.Name, least, most)
                    ?? throw section.Wrong(member.Name, "null is not a number")))]
            : [];

    /// <summary>The value as it is written in the file, or null.</summary>
    public string? Written(string key) => Value(key) is { } value ? Excerpt(value) : null;

    /// <summary>True if the value is a text.</summary>
    public bool IsText(string key) => Value(key) is { ValueKind: JsonValueKind.String };

    /// <summary>One of several words, or the fallback.</summary>
    public string Word(string key, IReadOnlyList<string> allowed, string fallback) => Text(key, fallback) is var word
        && allowed.Contains(word)
            ? word!
            : throw Wrong(key, $"\"{word}\" is not one of {string.Join(", ", allowed)}");

    /// <summary>True or false; false if the key is absent.</summary>
    public bool Flag(string key) => Value(key) switch
    {
        null or { ValueKind: JsonValueKind.False } => false,
        { ValueKind: JsonValueKind.True } => true,
        { } value => throw Wrong(key, $"{Excerpt(value)} is neither true nor false"),
    };

    /// <summary>True if the key is there, even with null.</summary>
    public bool Has(string key) => _value.TryGetProperty(key, out _);

    /// <summary>True if the key holds something other than null or an empty list or object.</summary>
    public bool HasContent(string key) => Value(key) switch
    {
        null => false,
        { ValueKind: JsonValueKind.Array } list => list.GetArrayLength() > 0,
        { ValueKind: JsonValueKind.Object } section => section.EnumerateObject().Any(),
        _ => true,
    };

    /// <summary>The keys that are there, in the file's order.</summary>
    public IEnumerable<string> Keys => _value.EnumerateObject().Select(item => item.Name);

    /// <summary>The keys that are there but not among those given.</summary>
    public IEnumerable<string> Others(IReadOnlyList<string> known) =>
        Keys.Where(name => !known.Contains(name)).Select(name => _prefix + name);

    /// <summary>An error about a key.</summary>
    public InputException Wrong(string key, string problem) =>
        new(_file, $"{_prefix}{key}: {problem}", _nextStep);

    /// <summary>An error about a key whose meaning has no counterpart here.</summary>
    public InputException Refused(string key, string problem) =>
        new(_file, $"{_prefix}{key}: {problem}", "See docs/FILES.md for what is read of other programs' adapters.");

    private int ToInteger(string key, JsonElement value, int least, int most) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= least && number <= most
            ? number
            : throw Wrong(key, $"{Excerpt(value)} is not a whole number from {least} to {most}");

    private JsonElement? Value(string key) =>
        _value.TryGetProperty(key, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private static string Excerpt(JsonElement value) => value.GetRawText() is { Length: > 80 } text
        ? text[..80] + "…"
        : value.GetRawText();
}
