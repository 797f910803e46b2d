using System.Text.Json;
using System.Text.Unicode;
using MoR.Cluster.Errors;

namespace MoR.Model.Safetensors;

/// <summary>
/// Reads the JSON of a header token by token, so that nothing is allocated on the word of a damaged file: what it
/// builds is bounded by the bytes that are there.
/// </summary>
internal sealed class SafetensorsJson(string file, long dataOffset)
{
    private const string MetadataKey = "__metadata__";
    private const int MaxRank = 64;

    private readonly Dictionary<string, TensorEntry> tensors = new(StringComparer.Ordinal);
    private readonly OrderedDictionary<string, string> metadata = new(StringComparer.Ordinal);
    private readonly List<long> numbers = [];
    private bool hasMetadata;

    /// <summary>The tensors by name, in no order.</summary>
    public Dictionary<string, TensorEntry>.ValueCollection Tensors => tensors.Values;

    /// <summary>The metadata in the order of the file.</summary>
    public IReadOnlyDictionary<string, string> Metadata => metadata;

    /// <summary>Reads the header's JSON, once.</summary>
    public void Read(ReadOnlySpan<byte> json)
    {
        if (json.IsEmpty || json[0] != (byte)'{')
        {
            throw Damaged("its header does not start with '{'");
        }

        if (!Utf8.IsValid(json))
        {
            throw Damaged("its header is not UTF-8 text");
        }

        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 8 });
        try
        {
            reader.Read();
            while (Next(ref reader) == JsonTokenType.PropertyName)
            {
                var name = Text(ref reader);
                Next(ref reader);
                if (name == MetadataKey)
                {
                    ReadMetadata(ref reader);
                }
                else
                {
                    ReadTensor(name, ref reader);
                }
            }

            // Only padding may follow; anything else makes the reader throw.
            reader.Read();
        }
        catch (JsonException exception)
        {
            throw Damaged(
                $"its header is not valid JSON at byte {SafetensorsHeader.PrefixBytes + reader.BytesConsumed}",
                exception);
        }
    }

    private static JsonTokenType Next(ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.TokenType;
    }

    private void ReadMetadata(ref Utf8JsonReader reader)
    {
        if (hasMetadata)
        {
            throw Damaged($"'{MetadataKey}' occurs twice in its header");
        }

        hasMetadata = true;
        Expect(reader.TokenType == JsonTokenType.StartObject, MetadataKey, "is not an object of strings");
        while (Next(ref reader) == JsonTokenType.PropertyName)
        {
            var key = Text(ref reader);
            var isText = Next(ref reader) == JsonTokenType.String;
            if (!isText || !metadata.TryAdd(key, Text(ref reader)))
            {
                throw Of(MetadataKey, $"has '{Quote(key)}' {(isText ? "twice" : "with a value that is not a string")}");
            }
        }
    }

    private void ReadTensor(string name, ref Utf8JsonReader reader)
    {
        Expect(reader.TokenType == JsonTokenType.StartObject, name, "is not described by an object");
        SafetensorsDtype? dtype = null;
        long[]? sizes = null;
        (long Begin, long End)? range = null;
        while (Next(ref reader) == JsonTokenType.PropertyName)
        {
            var key = Text(ref reader);
            Next(ref reader);
            switch (key)
            {
                case "dtype":
                    Expect(dtype is null, name, "has its dtype twice");
                    dtype = ReadDtype(name, ref reader);
                    break;
                case "shape":
                    Expect(sizes is null, name, "has its shape twice");
                    sizes = ReadNumbers(name, "shape", MaxRank, ref reader);
                    break;
                case "data_offsets":
                    Expect(range is null, name, "has its data_offsets twice");
                    var ends = ReadNumbers(name, "data_offsets", 2, ref reader);
                    Expect(ends.Length == 2, name, "has data_offsets that are not two numbers");
                    range = (ends[0], ends[1]);
                    break;
                default:
                    throw Of(name, $"has an unknown key '{Quote(key)}' (known: dtype, shape, data_offsets)");
            }
        }

        Expect(dtype is not null, name, "has no dtype");
        Expect(sizes is not null, name, "has no shape");
        Expect(range is not null, name, "has no data_offsets");
        var entry = Checked(name, dtype!.Value, sizes!, range!.Value);
        Expect(tensors.TryAdd(name, entry), name, "occurs twice");
    }

    private SafetensorsDtype ReadDtype(string name, ref Utf8JsonReader reader)
    {
        Expect(reader.TokenType == JsonTokenType.String, name, "has a dtype that is not a string");
        var text = Text(ref reader);
        return SafetensorsDtypes.TryParse(text, out var dtype)
            ? dtype
            : throw Of(name, $"has the unknown dtype '{Quote(text)}' "
                + $"(known: {string.Join(", ", Enum.GetNames<SafetensorsDtype>())})");
    }

    private long[] ReadNumbers(string name, string key, int limit, ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw Of(name, $"has a {key} that is not a list");
        }

        numbers.Clear();
        while (Next(ref reader) != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out var number) || number < 0)
            {
                var value = System.Text.Encoding.UTF8.GetString(
                    reader.ValueSpan[..Math.Min(40, reader.ValueSpan.Length)]);
                throw Of(name, $"has '{value}' in its {key}, whole numbers from 0 to {long.MaxValue} are allowed");
            }

            if (numbers.Count == limit)
            {
                throw Of(name, $"has more than {limit} numbers in its {key}");
            }

            numbers.Add(number);
        }

        return [.. numbers];
    }

    private TensorEntry Checked(string name, SafetensorsDtype dtype, long[] sizes, (long Begin, long End) range)
    {
        var (begin, end) = range;
        if (begin > end || end > long.MaxValue - dataOffset)
        {
            throw Of(name, $"has impossible data_offsets: [{begin}, {end}]");
        }

        Int128 count = 1;
        foreach (var size in sizes)
        {
            count *= size;
            if (count > long.MaxValue)
            {
                throw Of(name, $"has too large a shape: [{string.Join(", ", sizes)}]");
            }
        }

        var bits = count * dtype.Bits();
        if (bits != (Int128)(end - begin) * 8)
        {
            throw Of(name, $"is {dtype} [{string.Join(", ", sizes)}], {(bits + 7) / 8} bytes, "
                + $"but its data_offsets [{begin}, {end}] span {end - begin}");
        }

        return new TensorEntry(name, dtype, sizes, dataOffset + begin, end - begin);
    }

    private string Text(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException exception)
        {
            // An escaped half of a surrogate pair is valid JSON and no text.
            throw Damaged("its header has a \\u escape that is no character", exception);
        }
    }

    private void Expect(bool holds, string name, string problem)
    {
        if (!holds)
        {
            throw Of(name, problem);
        }
    }

    private InputException Of(string name, string problem) =>
        Damaged(name == MetadataKey ? $"'{MetadataKey}' {problem}" : $"tensor '{Quote(name)}' {problem}");

    private InputException Damaged(string problem, Exception? cause = null) =>
        SafetensorsHeader.Damaged(file, problem, cause);

    private static string Quote(string text) => SafetensorsHeader.Quote(text);
}
