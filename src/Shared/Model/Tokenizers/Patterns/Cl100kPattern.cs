namespace MoR.Model.Tokenizers.Patterns;

/// <summary>
/// The expression that Llama 3 and Qwen 2 took over from OpenAI's cl100k encoding, scanned by hand. They differ in how
/// many digits one match holds. Its matches cover the text without gaps.
/// </summary>
/// <param name="mostDigits">The most <c>\p{N}</c> in one match.</param>
internal sealed class Cl100kPattern(int mostDigits) : TextPattern
{
    public const string WithThreeDigits = Head + @"\p{N}{1,3}" + Tail;
    public const string WithOneDigit = Head + @"\p{N}" + Tail;

    private const string Head = @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|";
    private const string Tail = @"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

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

    private int EndOfMatch(ReadOnlySpan<char> text, int start)
    {
        if (text[start] == '\'' && ContractionLength(text[(start + 1)..]) is var contraction and > 0)
        {
            return start + 1 + contraction;
        }

        var kind = CharacterClasses.At(text, start, out var length);
        var second = start + length;
        var following = second < text.Length ? CharacterClasses.At(text, second, out _) : CharacterClass.Space;
        return kind switch
        {
            CharacterClass.Letter => Scanning.EndOfRun(text, start, CharacterClass.Letter),
            CharacterClass.Number => EndOfDigits(text, start),
            CharacterClass.Other or CharacterClass.Space when following == CharacterClass.Letter =>
                Scanning.EndOfRun(text, second, CharacterClass.Letter),
            CharacterClass.Other => EndOfSymbols(text, start),
            CharacterClass.Space when text[start] == ' ' && following == CharacterClass.Other =>
                EndOfSymbols(text, second),
            _ => EndOfWhiteSpace(text, start),
        };
    }

    private static int EndOfSymbols(ReadOnlySpan<char> text, int start)
    {
        var end = Scanning.EndOfRun(text, start, CharacterClass.Other);
        return Scanning.EndOfRun(text, end, CharacterClass.LineEnd);
    }

    private static int EndOfWhiteSpace(ReadOnlySpan<char> text, int start)
    {
        var end = Scanning.EndOfSpace(text, start);
        var lastLineEnd = text[start..end].LastIndexOfAny('\r', '\n');
        return lastLineEnd >= 0 ? start + lastLineEnd + 1 : Scanning.EndOfBlank(text, start, end);
    }

    // U+017F, the long s, is an s to an expression that ignores case.
    private static int ContractionLength(ReadOnlySpan<char> rest) => rest switch
    {
        ['s' or 'S' or '\u017F' or 't' or 'T' or 'm' or 'M' or 'd' or 'D', ..] => 1,
        ['r' or 'R' or 'v' or 'V', 'e' or 'E', ..] or ['l' or 'L', 'l' or 'L', ..] => 2,
        _ => 0,
    };

    private int EndOfDigits(ReadOnlySpan<char> text, int start)
    {
        var end = start;
        for (var count = 0; count < mostDigits && end < text.Length; count++)
        {
            if (CharacterClasses.At(text, end, out var length) != CharacterClass.Number)
            {
                break;
            }

            end += length;
        }

        return end;
    }
}
