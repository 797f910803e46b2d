using MoR.Model.Tokenizers.Json;
using MoR.Model.Tokenizers.Patterns;
using MoR.Model.Tokenizers.PreTokenizers;

namespace MoR.Model.Tokenizers.Decoders;

/// <summary>Reads the part <c>decoder</c>.</summary>
internal static class DecoderReader
{
    private const string Known = "ByteFallback, ByteLevel, Fuse, Metaspace, Replace, Sequence, Strip";

    /// <param name="part">The part; null where the file has none, and then tokens are joined by spaces.</param>
    public static DecoderPipeline Read(JsonPart? part)
    {
        var stages = new List<TokenDecoder>();
        if (part is { } present)
        {
            Add(present, stages);
        }

        return new DecoderPipeline([.. stages], part is null ? " " : string.Empty, part?.Subject ?? string.Empty);
    }

    private static void Add(JsonPart part, List<TokenDecoder> stages)
    {
        var type = part.Get("type").Text();
        if (type != "Sequence")
        {
            stages.Add(ReadOne(part, type));
            return;
        }

        part.RefuseOtherKeys("type", "decoders");
        foreach (var item in part.Get("decoders").Items())
        {
            Add(item, stages);
        }
    }

    private static TokenDecoder ReadOne(JsonPart part, string type)
    {
        switch (type)
        {
            case "ByteLevel":
                part.RefuseOtherKeys("type", "add_prefix_space", "trim_offsets", "use_regex");
                return new ByteLevelDecoder();
            case "ByteFallback":
                part.RefuseOtherKeys("type");
                return new ByteFallbackDecoder();
            case "Fuse":
                part.RefuseOtherKeys("type");
                return new FuseDecoder();
            case "Replace":
                var (pattern, content) = PatternReader.ReadReplacement(part);
                return new ReplaceDecoder(pattern, content);
            case "Strip":
                part.RefuseOtherKeys("type", "content", "start", "stop");
                return new StripDecoder(
                    part.Get("content").Character(),
                    part.Get("start").Integer(0, int.MaxValue),
                    part.Get("stop").Integer(0, int.MaxValue));
            case "Metaspace":
                var (replacement, scheme, _) = PreTokenizerReader.ReadMetaspace(part);
                return new MetaspaceDecoder(replacement, scheme != PrependScheme.Never);
            default:
                throw part.Get("type").Error(
                    $"the decoder {JsonPart.Quote(type)} is not supported; supported are {Known}",
                    JsonPart.Unsupported);
        }
    }
}
