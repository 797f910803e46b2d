using System.Text.Json;
using MoR.Model.Tokenizers.Json;

namespace MoR.Model.Tokenizers.Bpe;

/// <summary>Reads the part <c>model</c>.</summary>
internal static class BpeReader
{
    public static BpeModel Read(JsonPart part)
    {
        if (part.Find("type") is { } type && type.Text() != "BPE")
        {
            throw type.Error($"the model {type.Quote()} is not supported; supported is BPE", JsonPart.Unsupported);
        }

        part.RefuseOtherKeys(
            "type", "dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix", "fuse_unk",
            "byte_fallback", "ignore_merges", "vocab", "merges");
        RefuseDropout(part.Find("dropout"));
        RefuseText(part.Find("continuing_subword_prefix"));
        RefuseText(part.Find("end_of_word_suffix"));
        var vocabulary = new BpeVocabulary(ReadVocabulary(part.Get("vocab")));
        var options = new BpeOptions(
            ReadUnknown(part.Find("unk_token"), vocabulary),
            part.Boolean("fuse_unk", otherwise: false),
            part.Boolean("byte_fallback", otherwise: false),
            part.Boolean("ignore_merges", otherwise: false));
        return new BpeModel(vocabulary, ReadMerges(part.Get("merges"), vocabulary), options);
    }

    private static void RefuseDropout(JsonPart? part)
    {
        var isZero = part is not { } present ||
            (present.Kind == JsonValueKind.Number && present.Element.TryGetDouble(out var value) && value == 0);
        if (!isZero)
        {
            throw part!.Value.Error(
                $"{part.Value.Quote()} would make encoding random, which is not supported; 0 and null are",
                "Set it to null.");
        }
    }

    private static void RefuseText(JsonPart? part)
    {
        if (part is { } present && present.Text().Length > 0)
        {
            throw present.Error($"{present.Quote()} is not supported; only null and \"\" are", JsonPart.Unsupported);
        }
    }

    private static Dictionary<string, int> ReadVocabulary(JsonPart part)
    {
        var ids = new Dictionary<string, int>();
        var taken = new HashSet<int>();
        foreach (var (token, value) in part.Members())
        {
            if (value.ValueKind != JsonValueKind.Number || !value.TryGetInt32(out var id) ||
                id is < 0 or > Tokenizer.HighestId)
            {
                throw part.Member(token, value).WrongValue($"a whole number from 0 to {Tokenizer.HighestId}");
            }

            ids[token] = taken.Add(id)
                ? id
                : throw part.Member(token, value).Error($"the id {id} belongs to another token too");
        }

        return ids;
    }

    private static int ReadUnknown(JsonPart? part, BpeVocabulary vocabulary)
    {
        if (part?.Text() is not { Length: > 0 } token)
        {
            return -1;
        }

        var id = vocabulary.IdOf(token);
        return id >= 0 ? id : throw part.Value.Error($"{part.Value.Quote()} is not in the vocabulary");
    }

    private static BpeMerges ReadMerges(JsonPart part, BpeVocabulary vocabulary)
    {
        var merges = new List<(int, int, int)>();
        foreach (var item in part.Items())
        {
            if (IsComment(item))
            {
                continue;
            }

            var (left, right) = ReadMerge(item);
            var merge = (vocabulary.IdOf(left), vocabulary.IdOf(right), vocabulary.IdOf(left + right));
            if (left.Length == 0 || right.Length == 0 || merge is ( < 0, _, _) or (_, < 0, _) or (_, _, < 0))
            {
                throw item.Error(
                    $"{JsonPart.Quote(left)}, {JsonPart.Quote(right)} or the two together is not in the vocabulary");
            }

            merges.Add(merge);
        }

        return new BpeMerges(merges, vocabulary.Tokens);
    }

    // Older files may hold the first line of the text file that they were made of.
    private static bool IsComment(JsonPart item) =>
        item.Kind == JsonValueKind.String && item.Text().StartsWith("#version", StringComparison.Ordinal);

    // A merge is "left right" in older files and ["left", "right"] in newer ones, where a token may hold a space.
    private static (string Left, string Right) ReadMerge(JsonPart item)
    {
        if (item.Kind == JsonValueKind.Array && item.Element.GetArrayLength() == 2)
        {
            return (item.Item(0).Text(), item.Item(1).Text());
        }

        var line = item.Kind == JsonValueKind.String ? item.Text() : string.Empty;
        var space = line.IndexOf(' ', StringComparison.Ordinal);
        return space >= 0 && line.LastIndexOf(' ') == space
            ? (line[..space], line[(space + 1)..])
            : throw item.WrongValue("two tokens, as an array or with one space between them");
    }
}
