using System.Text;

namespace MoR.Cluster.Errors;

/// <summary>A peer's text in a message of this process: on one line and of bounded length, so that it looks like nothing else.</summary>
public static class OneLine
{
    private const int MostCharacters = 1000;

    /// <summary>The text, without what controls a terminal or begins a line.</summary>
    public static string Of(string text)
    {
        var shown = new StringBuilder();
        foreach (var c in text.AsSpan(0, Math.Min(text.Length, MostCharacters)))
        {
            shown.Append(char.IsControl(c) || c is '\u2028' or '\u2029' ? ' ' : c);
        }

        return shown.Append(text.Length > MostCharacters ? "…" : "").ToString();
    }
}
