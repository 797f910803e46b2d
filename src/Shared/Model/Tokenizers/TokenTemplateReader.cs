using MoR.Model.Tokenizers.Json;

namespace MoR.Model.Tokenizers;

/// <summary>Reads the part <c>post_processor</c>, for single texts.</summary>
internal static class TokenTemplateReader
{
    private const string Known = "ByteLevel, Sequence, TemplateProcessing";

    /// <param name="part">The part; null where the file has none.</param>
    /// <param name="isToken">Whether an id stands for a token.</param>
    public static TokenTemplate Read(JsonPart? part, Predicate<int> isToken)
    {
        if (part is not { } present)
        {
            return TokenTemplate.Empty;
        }

        var type = present.Get("type").Text();
        switch (type)
        {
            case "ByteLevel":
                // It trims the offsets of tokens, which nobody here asks for.
                present.RefuseOtherKeys("type", "add_prefix_space", "trim_offsets", "use_regex");
                return TokenTemplate.Empty;
            case "TemplateProcessing":
                return ReadTemplate(present, isToken);
            case "Sequence":
                present.RefuseOtherKeys("type", "processors");
                return present.Get("processors").Items().Aggregate(
                    TokenTemplate.Empty, (inner, item) => inner.Within(Read(item, isToken)));
            default:
                throw present.Get("type").Error(
                    $"the post-processor {JsonPart.Quote(type)} is not supported; supported are {Known}",
                    JsonPart.Unsupported);
        }
    }

    private static TokenTemplate ReadTemplate(JsonPart part, Predicate<int> isToken)
    {
        // The template for pairs of texts is not used: a prompt is one text.
        part.RefuseOtherKeys("type", "single", "pair", "special_tokens");
        var single = part.Get("single");
        var before = new List<int>();
        var after = new List<int>();
        var hasText = false;
        foreach (var piece in single.Items())
        {
            piece.RefuseOtherKeys("Sequence", "SpecialToken");
            if (piece.Find("Sequence") is { } sequence)
            {
                RequireOnlyText(sequence, hasText);
                hasText = true;
            }
            else
            {
                (hasText ? after : before).AddRange(ReadIds(piece.Get("SpecialToken"), part, isToken));
            }
        }

        return hasText
            ? new TokenTemplate([.. before], [.. after])
            : throw single.Error("the template has no place for the text", JsonPart.Unsupported);
    }

    private static void RequireOnlyText(JsonPart sequence, bool hasText)
    {
        sequence.RefuseOtherKeys("id", "type_id");
        var id = sequence.Get("id");
        if (id.Text() != "A")
        {
            throw id.WrongValue("A, the only text there is");
        }

        if (hasText)
        {
            throw sequence.Error("a template with the text twice is not supported", JsonPart.Unsupported);
        }
    }

    private static List<int> ReadIds(JsonPart piece, JsonPart template, Predicate<int> isToken)
    {
        piece.RefuseOtherKeys("id", "type_id");
        var name = piece.Get("id");
        var known = template.Get("special_tokens");
        if (known.Find(name.Text()) is not { } special)
        {
            throw name.Error($"{name.Quote()} is not among the special_tokens of the template");
        }

        special.RefuseOtherKeys("id", "ids", "tokens");
        var ids = new List<int>();
        foreach (var item in special.Get("ids").Items())
        {
            var id = item.Integer(0, Tokenizer.HighestId);
            ids.Add(isToken(id) ? id : throw item.WrongValue("the id of a token"));
        }

        return ids;
    }
}
