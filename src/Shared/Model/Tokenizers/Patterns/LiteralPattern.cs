namespace MoR.Model.Tokenizers.Patterns;

/// <summary>A string that is found as it stands; never empty.</summary>
internal sealed class LiteralPattern(string literal) : TextPattern
{
    public override void FindAll(ReadOnlySpan<char> text, List<TextMatch> matches)
    {
        var from = 0;
        while (text[from..].IndexOf(literal, StringComparison.Ordinal) is var ahead and >= 0)
        {
            matches.Add(new TextMatch(from + ahead, from + ahead + literal.Length));
            from += ahead + literal.Length;
        }
    }

    public override string Replace(string text, string content) =>
        text.Replace(literal, content, StringComparison.Ordinal);
}
