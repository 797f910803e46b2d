using System.Globalization;
using System.Text;

namespace MoR.Model.Tokenizers.Patterns;

/// <summary>
/// Rewrites an expression of the Oniguruma engine, which Hugging Face's files are written for, as one of .NET with the
/// same meaning. Only what is known to mean the same passes; everything else is a <see cref="FormatException"/> that
/// names it (Oniguruma's <c>doc/RE</c> against .NET's regular expression reference).
/// </summary>
internal sealed class OnigurumaSyntax
{
    private const int LongestExpression = 4096;
    private const int MostRepeats = 1000;
    private const string Word = @"\p{L}\p{M}\p{Nd}\p{Pc}";

    private static readonly string[] Groups = ["?:", "?=", "?!", "?<=", "?<!", "?>", "?i:", "?-i:"];

    private readonly string source;
    private readonly StringBuilder result = new();
    private int position;

    private OnigurumaSyntax(string source) => this.source = source;

    /// <exception cref="FormatException">Its message names what is not supported.</exception>
    public static string ToDotNet(string expression)
    {
        if (expression.Length > LongestExpression)
        {
            throw new FormatException($"it is longer than {LongestExpression} characters");
        }

        foreach (var unit in expression)
        {
            if (char.IsSurrogate(unit))
            {
                throw new FormatException("a character beyond U+FFFF is not supported in an expression");
            }
        }

        return new OnigurumaSyntax(expression).Rewrite();
    }

    private static bool IsAsciiPunctuation(char unit) => char.IsAscii(unit) && !char.IsAsciiLetterOrDigit(unit);

    private static FormatException Unsupported(string construct) => new($"{construct} is not supported");

    private string Rewrite()
    {
        if (source.StartsWith("(?i)", StringComparison.Ordinal))
        {
            Copy(4);
        }

        while (position < source.Length)
        {
            switch (source[position])
            {
                case '\\':
                    Escape(isInClass: false);
                    break;
                case '[':
                    Class();
                    break;
                case '(':
                    Group();
                    break;
                case '{':
                    Repeat();
                    break;
                default:
                    Copy(1);
                    break;
            }
        }

        return result.ToString();
    }

    private void Copy(int length)
    {
        result.Append(source, position, length);
        position += length;
    }

    private void Group()
    {
        Copy(1);
        if (position >= source.Length || source[position] != '?')
        {
            return;
        }

        foreach (var group in Groups)
        {
            if (source.AsSpan(position).StartsWith(group, StringComparison.Ordinal))
            {
                Copy(group.Length);
                return;
            }
        }

        throw Unsupported($"the group {source.AsSpan(position - 1, Math.Min(4, source.Length - position + 1))}");
    }

    private void Repeat()
    {
        var end = source.IndexOf('}', position);
        var bounds = end < 0 ? [] : source[(position + 1)..end].Split(',');
        var hasUpper = bounds.Length == 2 && bounds[1].Length > 0;
        if (bounds.Length is 0 or > 2 || !IsCount(bounds[0]) || (hasUpper && !IsCount(bounds[1])))
        {
            throw Unsupported($"a brace that is not a count from 0 to {MostRepeats} (escape it as \\{{)");
        }

        Copy(end + 1 - position);
        if (position < source.Length && source[position] is '?' or '+')
        {
            throw Unsupported($"{{...}}{source[position]}");
        }
    }

    private static bool IsCount(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count <= MostRepeats;

    private void Class()
    {
        Copy(1);
        if (position < source.Length && source[position] == '^')
        {
            Copy(1);
        }

        var isFirst = true;
        while (position < source.Length && (source[position] != ']' || isFirst))
        {
            isFirst = false;
            if (source[position] == '[')
            {
                throw Unsupported("a class or bracket inside a class (escape a bracket as \\[)");
            }

            if (source.AsSpan(position).StartsWith("&&", StringComparison.Ordinal))
            {
                throw Unsupported("&& inside a class");
            }

            if (source[position] == '\\')
            {
                Escape(isInClass: true);
            }
            else
            {
                Copy(1);
            }
        }

        if (position >= source.Length)
        {
            throw new FormatException("a class is not closed");
        }

        Copy(1);
    }

    private void Escape(bool isInClass)
    {
        if (position + 1 >= source.Length)
        {
            throw new FormatException("it ends in a backslash");
        }

        var letter = source[position + 1];
        switch (letter)
        {
            case 'd' or 'D' or 's' or 'S' or 'n' or 'r' or 't' or 'f' or 'v' or 'a' or 'e':
                Copy(2);
                break;
            case 'A' or 'z' when !isInClass:
                Copy(2);
                break;
            case 'w':
                result.Append(isInClass ? Word : $"[{Word}]");
                position += 2;
                break;
            case 'W' when !isInClass:
                result.Append(CultureInfo.InvariantCulture, $"[^{Word}]");
                position += 2;
                break;
            case 'p' or 'P':
                Category(letter);
                break;
            case 'u' or 'x':
                CodePoint(letter);
                break;
            default:
                if (!IsAsciiPunctuation(letter))
                {
                    throw Unsupported($"\\{letter}{(isInClass ? " inside a class" : string.Empty)}");
                }

                Copy(2);
                break;
        }
    }

    private void Category(char letter)
    {
        var end = source.IndexOf('}', position);
        if (end < 0 || source[position + 2] != '{')
        {
            throw new FormatException($"\\{letter} needs a name in braces");
        }

        var name = source[(position + 3)..end];
        var isNegated = (letter == 'P') != name.StartsWith('^');
        name = name.TrimStart('^');
        if (name.Length is 0 or > 2)
        {
            throw Unsupported($"\\{letter}{{{name}}} (only general categories such as L or Nd)");
        }

        result.Append(isNegated ? @"\P{" : @"\p{").Append(name).Append('}');
        position = end + 1;
    }

    // Oniguruma's \x80 to \xFF are bytes of UTF-8, not characters.
    private void CodePoint(char letter)
    {
        var braced = letter == 'x' && position + 2 < source.Length && source[position + 2] == '{';
        var start = position + (braced ? 3 : 2);
        var length = braced ? source.IndexOf('}', start) - start : letter == 'u' ? 4 : 2;
        var isNumber = length is >= 1 and <= 8 && start + length <= source.Length;
        if (!isNumber || !int.TryParse(
            source.AsSpan(start, length), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
        {
            throw new FormatException($"\\{letter} needs hexadecimal digits");
        }

        var isByte = letter == 'x' && !braced && value > 0x7F;
        if (isByte || value is < 0 or > char.MaxValue || char.IsSurrogate((char)value))
        {
            throw Unsupported(source[position..(start + length)]);
        }

        result.Append(CultureInfo.InvariantCulture, $"\\u{value:X4}");
        position = start + length + (braced ? 1 : 0);
    }
}
