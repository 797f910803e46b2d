using System.Text;

namespace MoR.Model.Tokenizers.Patterns;

/// <summary>Finds every single character of a kind.</summary>
internal sealed class CharacterPattern(Predicate<Rune> isOfKind) : TextPattern
{
    public override void FindAll(ReadOnlySpan<char> text, List<TextMatch> matches)
    {
        var position = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            var end = position + rune.Utf16SequenceLength;
            if (isOfKind(rune))
            {
                matches.Add(new TextMatch(position, end));
            }

            position = end;
        }
    }
}
