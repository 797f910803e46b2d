using System.Text;

namespace MoR.Coordinator.Configuration.Reading;

/// <summary>Shows a user's text in a message: in quotes, on one line, of bounded length.</summary>
public static class Quoted
{
    private const int MostCharacters = 60;

    public static string Text(string text) => Show(text, MostCharacters);

    /// <summary>A path, which is of use only when it is whole.</summary>
    public static string Path(string path) => Show(path, int.MaxValue);

    private static string Show(string text, int mostCharacters)
    {
        var shown = new StringBuilder("'");
        foreach (var c in text.AsSpan(0, Math.Min(text.Length, mostCharacters)))
        {
            if (char.IsControl(c) || char.IsSurrogate(c) || c is '\u2028' or '\u2029')
            {
                shown.Append(c switch { '\n' => "\\n", '\t' => "\\t", '\r' => "\\r", _ => $"\\u{(int)c:X4}" });
            }
            else
            {
                shown.Append(c);
            }
        }

        return shown.Append(text.Length > mostCharacters ? "…'" : "'").ToString();
    }
}
