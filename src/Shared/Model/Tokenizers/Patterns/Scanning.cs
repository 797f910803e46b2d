namespace MoR.Model.Tokenizers.Patterns;

/// <summary>Steps that the hand-written scanners share.</summary>
internal static class Scanning
{
    /// <summary>Where a run of <paramref name="kind"/> that starts at <paramref name="start"/> ends.</summary>
    public static int EndOfRun(ReadOnlySpan<char> text, int start, CharacterClass kind)
    {
        var end = start;
        while (end < text.Length && CharacterClasses.At(text, end, out var length) == kind)
        {
            end += length;
        }

        return end;
    }

    /// <summary>Where a run of white space, line ends included, ends.</summary>
    public static int EndOfSpace(ReadOnlySpan<char> text, int start)
    {
        var end = start;
        while (end < text.Length && char.IsWhiteSpace(text[end]))
        {
            end++;
        }

        return end;
    }

    /// <summary>
    /// What <c>\s+(?!\S)|\s+</c> takes of the white space from <paramref name="start"/> to <paramref name="end"/>: all
    /// but the last where something else follows, but at least one.
    /// </summary>
    public static int EndOfBlank(ReadOnlySpan<char> text, int start, int end) =>
        end < text.Length ? Math.Max(end - 1, start + 1) : end;
}
