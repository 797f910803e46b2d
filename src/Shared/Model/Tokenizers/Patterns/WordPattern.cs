using System.Text;

namespace MoR.Model.Tokenizers.Patterns;

/// <summary>Finds runs of word characters, and runs of what is neither a word character nor white space.</summary>
internal sealed class WordPattern : TextPattern
{
    private enum Kind
    {
        Space,
        Word,
        Other,
    }

    public override void FindAll(ReadOnlySpan<char> text, List<TextMatch> matches)
    {
        var start = 0;
        var position = 0;
        var running = Kind.Space;
        foreach (var rune in text.EnumerateRunes())
        {
            var kind = Rune.IsWhiteSpace(rune) ? Kind.Space
                : CharacterClasses.IsWord(rune) ? Kind.Word : Kind.Other;
            if (kind != running)
            {
                AddRun(running, start, position, matches);
                (running, start) = (kind, position);
            }

            position += rune.Utf16SequenceLength;
        }

        AddRun(running, start, position, matches);
    }

    private static void AddRun(Kind kind, int start, int end, List<TextMatch> matches)
    {
        if (kind != Kind.Space && end > start)
        {
            matches.Add(new TextMatch(start, end));
        }
    }
}
