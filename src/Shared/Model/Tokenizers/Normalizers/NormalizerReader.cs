using MoR.Model.Tokenizers.Json;
using MoR.Model.Tokenizers.Patterns;

namespace MoR.Model.Tokenizers.Normalizers;

/// <summary>Reads the part <c>normalizer</c>.</summary>
internal static class NormalizerReader
{
    private const string Known =
        "Lowercase, NFC, NFD, NFKC, NFKD, Prepend, Replace, Sequence, Strip, StripAccents";

    /// <param name="part">The part; null where the file has none.</param>
    public static NormalizerPipeline Read(JsonPart? part)
    {
        var stages = new List<Normalizer>();
        if (part is { } present)
        {
            Add(present, stages);
        }

        return new NormalizerPipeline([.. stages], part?.Subject ?? string.Empty);
    }

    private static void Add(JsonPart part, List<Normalizer> stages)
    {
        var type = part.Get("type").Text();
        if (type != "Sequence")
        {
            stages.Add(ReadOne(part, type));
            return;
        }

        part.RefuseOtherKeys("type", "normalizers");
        foreach (var item in part.Get("normalizers").Items())
        {
            Add(item, stages);
        }
    }

    private static Normalizer ReadOne(JsonPart part, string type)
    {
        switch (type)
        {
            case "Prepend":
                part.RefuseOtherKeys("type", "prepend");
                return new PrependNormalizer(part.Get("prepend").Text());
            case "Replace":
                var (pattern, content) = PatternReader.ReadReplacement(part);
                return new ReplaceNormalizer(pattern, content);
            case "Strip":
                part.RefuseOtherKeys("type", "strip_left", "strip_right");
                return new StripNormalizer(part.Get("strip_left").Boolean(), part.Get("strip_right").Boolean());
        }

        var normalizer = ReadPlain(part, type);
        part.RefuseOtherKeys("type");
        return normalizer;
    }

    private static Normalizer ReadPlain(JsonPart part, string type) => type switch
    {
        "NFC" => new UnicodeNormalizer(isCompatible: false, isComposed: true),
        "NFD" => new UnicodeNormalizer(isCompatible: false, isComposed: false),
        "NFKC" => new UnicodeNormalizer(isCompatible: true, isComposed: true),
        "NFKD" => new UnicodeNormalizer(isCompatible: true, isComposed: false),
        "Lowercase" => new LowercaseNormalizer(),
        "StripAccents" => new StripAccentsNormalizer(),
        _ => throw part.Get("type").Error(
            $"the normalizer {JsonPart.Quote(type)} is not supported; supported are {Known}", JsonPart.Unsupported),
    };
}
