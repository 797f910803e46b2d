using System.Buffers;
using MoR.Model.Tokenizers.Patterns;

namespace MoR.Model.Tokenizers;

/// <summary>
/// Cuts a text at added tokens: leftmost first, the longest of those that start at one place.
/// </summary>
internal sealed class AddedTokenFinder
{
    private readonly Dictionary<string, AddedToken>.AlternateLookup<ReadOnlySpan<char>> tokens;
    private readonly int[] lengths;
    private readonly SearchValues<char> firstCharacters;

    /// <param name="tokens">The text to look for (never empty) and the token it stands for.</param>
    public AddedTokenFinder(Dictionary<string, AddedToken> tokens)
    {
        this.tokens = tokens.GetAlternateLookup<ReadOnlySpan<char>>();
        lengths = [.. tokens.Keys.Select(text => text.Length).Distinct().OrderDescending()];
        firstCharacters = SearchValues.Create([.. tokens.Keys.Select(text => text[0]).Distinct()]);
    }

    /// <summary>Adds the sections of <paramref name="text"/>, in order and without empty ones, to
    /// <paramref name="sections"/>.</summary>
    public void Cut(ReadOnlySpan<char> text, List<Section> sections)
    {
        var done = 0;
        var from = 0;
        while (from < text.Length)
        {
            var ahead = text[from..].IndexOfAny(firstCharacters);
            if (ahead < 0)
            {
                break;
            }

            var start = from + ahead;
            if (LongestAt(text, start, out var length) is not { } token)
            {
                from = start + 1;
                continue;
            }

            var end = start + length;
            from = end;
            if (token.IsSingleWord && !StandsAlone(text, start, end))
            {
                continue;
            }

            start = token.TakesSpaceBefore ? done + text[done..start].TrimEnd().Length : start;
            end = token.TakesSpaceAfter ? text.Length - text[end..].TrimStart().Length : end;
            AddText(done, start, sections);
            sections.Add(new Section(start, end - start, token));
            done = from = end;
        }

        AddText(done, text.Length, sections);
    }

    private static void AddText(int start, int end, List<Section> sections)
    {
        if (end > start)
        {
            sections.Add(new Section(start, end - start, Token: null));
        }
    }

    private static bool StandsAlone(ReadOnlySpan<char> text, int start, int end) =>
        (start == 0 || !CharacterClasses.EndsInWord(text[..start])) &&
        (end == text.Length || !CharacterClasses.StartsInWord(text[end..]));

    private AddedToken? LongestAt(ReadOnlySpan<char> text, int start, out int length)
    {
        foreach (var candidate in lengths)
        {
            if (candidate <= text.Length - start && tokens.TryGetValue(text.Slice(start, candidate), out var token))
            {
                length = candidate;
                return token;
            }
        }

        length = 0;
        return null;
    }

    /// <summary>A stretch of text: an added token, or (<paramref name="Token"/> null) text for the model.</summary>
    internal readonly record struct Section(int Start, int Length, AddedToken? Token);
}
