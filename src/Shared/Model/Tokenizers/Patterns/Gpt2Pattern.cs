namespace MoR.Model.Tokenizers.Patterns;

/// <summary>
/// GPT-2's expression (Radford et al. 2019, the released encoder), scanned by hand: it looks ahead, so that a general
/// engine would have to backtrack. Its matches cover the text without gaps.
/// </summary>
internal sealed class Gpt2Pattern : TextPattern
{
    public const string Expression =
        @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    public override void FindAll(ReadOnlySpan<char> text, List<TextMatch> matches)
    {
        var start = 0;
        while (start < text.Length)
        {
            var end = EndOfMatch(text, start);
            matches.Add(new TextMatch(start, end));
            start = end;
        }
    }

    private static int EndOfMatch(ReadOnlySpan<char> text, int start)
    {
        if (text[start] == '\'' && ContractionLength(text[(start + 1)..]) is var length and > 0)
        {
            return start + 1 + length;
        }

        var body = text[start] == ' ' && start + 1 < text.Length ? start + 1 : start;
        var kind = CharacterClasses.At(text, body, out _);
        return kind is CharacterClass.Letter or CharacterClass.Number or CharacterClass.Other
            ? Scanning.EndOfRun(text, body, kind)
            : Scanning.EndOfBlank(text, start, Scanning.EndOfSpace(text, start));
    }

    private static int ContractionLength(ReadOnlySpan<char> rest) => rest switch
    {
        ['s' or 't' or 'm' or 'd', ..] => 1,
        ['r' or 'v', 'e', ..] or ['l', 'l', ..] => 2,
        _ => 0,
    };
}
