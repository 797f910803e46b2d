using System.Text;
using MoR.Model.Tokenizers.Json;
using MoR.Model.Tokenizers.Patterns;

namespace MoR.Model.Tokenizers.PreTokenizers;

/// <summary>Reads the part <c>pre_tokenizer</c>.</summary>
internal static class PreTokenizerReader
{
    private const string Known =
        "ByteLevel, Digits, Metaspace, Punctuation, Sequence, Split, Whitespace, WhitespaceSplit";

    /// <param name="part">The part; null where the file has none.</param>
    public static PreTokenizerPipeline Read(JsonPart? part)
    {
        var stages = new List<PreTokenizer>();
        if (part is { } present)
        {
            Add(present, stages);
        }

        return new PreTokenizerPipeline([.. stages]);
    }

    /// <summary>Reads the keys that the pre-tokenizer and the decoder Metaspace share.</summary>
    public static (string Replacement, PrependScheme Scheme, bool Splits) ReadMetaspace(JsonPart part)
    {
        part.RefuseOtherKeys("type", "replacement", "add_prefix_space", "prepend_scheme", "split", "str_rep");
        var addsSpace = part.Boolean("add_prefix_space", otherwise: true);
        var scheme = part.Find("prepend_scheme") is { } value
            ? ReadScheme(value)
            : addsSpace ? PrependScheme.Always : PrependScheme.Never;
        if (!addsSpace && scheme != PrependScheme.Never)
        {
            throw part.Error("add_prefix_space is false, but prepend_scheme is not \"never\"");
        }

        return (part.Get("replacement").Character(), scheme, part.Boolean("split", otherwise: true));
    }

    private static void Add(JsonPart part, List<PreTokenizer> stages)
    {
        var type = part.Get("type");
        switch (type.Text())
        {
            case "Sequence":
                part.RefuseOtherKeys("type", "pretokenizers");
                foreach (var item in part.Get("pretokenizers").Items())
                {
                    Add(item, stages);
                }

                break;
            case "ByteLevel" when stages.Any(stage => stage is ByteLevelPreTokenizer):
                throw type.Error(
                    "a second ByteLevel would spell the letters of the first again, which is not supported",
                    JsonPart.Unsupported);
            case var name:
                stages.Add(ReadOne(part, type, name));
                break;
        }
    }

    private static PreTokenizer ReadOne(JsonPart part, JsonPart type, string name)
    {
        switch (name)
        {
            case "ByteLevel":
                part.RefuseOtherKeys("type", "add_prefix_space", "trim_offsets", "use_regex");
                return new ByteLevelPreTokenizer(
                    part.Get("add_prefix_space").Boolean(), part.Boolean("use_regex", otherwise: true));
            case "Metaspace":
                var (replacement, scheme, splits) = ReadMetaspace(part);
                return new MetaspacePreTokenizer(replacement, scheme, splits);
            case "Split":
                part.RefuseOtherKeys("type", "pattern", "behavior", "invert");
                return new PatternPreTokenizer(
                    PatternReader.Read(part.Get("pattern")),
                    ReadBehavior(part.Get("behavior")),
                    part.Boolean("invert", otherwise: false));
            case "Digits":
                part.RefuseOtherKeys("type", "individual_digits");
                return new PatternPreTokenizer(
                    new CharacterPattern(CharacterClasses.IsNumeric),
                    part.Get("individual_digits").Boolean() ? SplitBehavior.Isolated : SplitBehavior.Contiguous,
                    isInverted: false);
            case "Punctuation":
                part.RefuseOtherKeys("type", "behavior");
                var behavior = part.Find("behavior") is { } value ? ReadBehavior(value) : SplitBehavior.Isolated;
                return new PatternPreTokenizer(
                    new CharacterPattern(CharacterClasses.IsPunctuation), behavior, isInverted: false);
            case "Whitespace":
                part.RefuseOtherKeys("type");
                return new PatternPreTokenizer(new WordPattern(), SplitBehavior.Removed, isInverted: true);
            case "WhitespaceSplit":
                part.RefuseOtherKeys("type");
                return new PatternPreTokenizer(
                    new CharacterPattern(Rune.IsWhiteSpace), SplitBehavior.Removed, isInverted: false);
            default:
                throw type.Error(
                    $"the pre-tokenizer {JsonPart.Quote(name)} is not supported; supported are {Known}",
                    JsonPart.Unsupported);
        }
    }

    private static PrependScheme ReadScheme(JsonPart part) => part.Text() switch
    {
        "always" => PrependScheme.Always,
        "first" => PrependScheme.First,
        "never" => PrependScheme.Never,
        _ => throw part.WrongValue("always, first or never"),
    };

    private static SplitBehavior ReadBehavior(JsonPart part) => part.Text() switch
    {
        "Isolated" => SplitBehavior.Isolated,
        "Removed" => SplitBehavior.Removed,
        "MergedWithPrevious" => SplitBehavior.MergedWithPrevious,
        "MergedWithNext" => SplitBehavior.MergedWithNext,
        "Contiguous" => SplitBehavior.Contiguous,
        _ => throw part.WrongValue("Isolated, Removed, MergedWithPrevious, MergedWithNext or Contiguous"),
    };
}
