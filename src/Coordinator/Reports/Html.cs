using System.Globalization;
using System.Text;

namespace MoR.Coordinator.Reports;

/// <summary>Text and numbers for HTML that is also well-formed XML.</summary>
internal static class Html
{
    /// <summary>Escapes text for content and attributes; characters that XML forbids become U+FFFD.</summary>
    public static string Text(string text)
    {
        var escaped = new StringBuilder(text.Length + 16);
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (char.IsHighSurrogate(c) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                escaped.Append(c).Append(text[++i]);
                continue;
            }

            escaped.Append(c switch
            {
                '&' => "&amp;",
                '<' => "&lt;",
                '>' => "&gt;",
                '"' => "&quot;",
                '\'' => "&#39;",
                '\n' or '\t' => c.ToString(),
                _ when char.IsControl(c) || char.IsSurrogate(c) || c >= '\uFFFE' => "\uFFFD",
                _ => c.ToString(),
            });
        }

        return escaped.ToString();
    }

    /// <summary>A number for reading: four significant digits.</summary>
    public static string Number(double? value) => value is not { } number || !double.IsFinite(number)
        ? "–"
        : number == 0 || Math.Abs(number) is >= 1e-3 and < 1e6
            ? Digits(number)
            : number.ToString("0.###e0", CultureInfo.InvariantCulture);

    /// <summary>A fraction in percent.</summary>
    public static string Percent(double fraction) =>
        double.IsFinite(fraction) ? (fraction * 100).ToString("0.#", CultureInfo.InvariantCulture) + " %" : "–";

    /// <summary>A coordinate, to a hundredth of a pixel.</summary>
    public static string At(double coordinate) => coordinate.ToString("0.##", CultureInfo.InvariantCulture);

    private static string Digits(double number)
    {
        var whole = number == 0 ? 1 : Math.Max(1, (int)Math.Floor(Math.Log10(Math.Abs(number))) + 1);
        var decimals = Math.Abs(number) < 1 && number != 0
            ? 3 - (int)Math.Floor(Math.Log10(Math.Abs(number)))
            : Math.Max(0, 4 - whole);
        return number.ToString("#,0." + new string('#', decimals), CultureInfo.InvariantCulture);
    }
}
