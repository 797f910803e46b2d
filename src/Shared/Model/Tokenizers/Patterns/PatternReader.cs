using MoR.Model.Tokenizers.Json;

namespace MoR.Model.Tokenizers.Patterns;

/// <summary>Reads patterns, and the keys that the normalizer and the decoder Replace share.</summary>
internal static class PatternReader
{
    // A longer one would let a broken file turn a text into one that fills the memory.
    private const int LongestContent = 64;

    /// <param name="part"><c>{"String": ...}</c> or <c>{"Regex": ...}</c>.</param>
    public static TextPattern Read(JsonPart part)
    {
        part.RefuseOtherKeys("String", "Regex");
        if (part.Find("Regex") is { } expression)
        {
            return part.Find("String") is null
                ? RegexPattern.Read(expression)
                : throw part.Error("a pattern is either a String or a Regex, not both");
        }

        var literal = part.Get("String");
        return literal.Text() is { Length: > 0 } text
            ? new LiteralPattern(text)
            : throw literal.Error("an empty pattern is not supported", JsonPart.Unsupported);
    }

    /// <param name="part">An object of type Replace.</param>
    public static (TextPattern Pattern, string Content) ReadReplacement(JsonPart part)
    {
        part.RefuseOtherKeys("type", "pattern", "content");
        var content = part.Get("content");
        return content.Text() is { Length: <= LongestContent } text
            ? (Read(part.Get("pattern")), text)
            : throw content.WrongValue($"a string of at most {LongestContent} characters");
    }
}
