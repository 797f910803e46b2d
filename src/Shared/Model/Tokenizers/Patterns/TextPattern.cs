namespace MoR.Model.Tokenizers.Patterns;

/// <summary>Something that can be found in a text. The text is always well-formed UTF-16.</summary>
internal abstract class TextPattern
{
    /// <summary>Adds all matches, in order and without overlap, to <paramref name="matches"/>.</summary>
    public abstract void FindAll(ReadOnlySpan<char> text, List<TextMatch> matches);

    /// <summary>The text with every match replaced by <paramref name="content"/>, taken literally.</summary>
    public virtual string Replace(string text, string content)
    {
        var matches = new List<TextMatch>();
        FindAll(text, matches);
        if (matches.Count == 0)
        {
            return text;
        }

        var result = new System.Text.StringBuilder(text.Length);
        var done = 0;
        foreach (var match in matches)
        {
            result.Append(text, done, match.Start - done).Append(content);
            done = match.End;
        }

        return result.Append(text, done, text.Length - done).ToString();
    }
}
