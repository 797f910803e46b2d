using System.Text;

namespace MoR.Model.ChatTemplates.Jinja;

/// <summary>
/// Cuts a template into tokens, white space as Hugging Face's libraries set it for chat templates: the line end after a
/// statement and the blanks before one that starts its line are dropped (<c>trim_blocks</c>, <c>lstrip_blocks</c>), and
/// so is one line end at the end of the template. <c>-</c> inside a tag drops all white space on its side, <c>+</c>
/// keeps it.
/// </summary>
internal sealed class JinjaLexer
{
    private static readonly string[] Operators =
    [
        "//", "**", "==", "!=", "<=", ">=", "+", "-", "*", "/", "%", "~", "<", ">", "=", "(", ")", "[", "]", "{", "}",
        ",", ".", ":", "|",
    ];

    private readonly JinjaSource _source;
    private readonly string _text;
    private readonly List<JinjaToken> _tokens = [];
    private int _position;
    private int _line = 1;

    private JinjaLexer(JinjaSource source)
    {
        _source = source;
        var text = source.Text.ReplaceLineEndings("\n");
        _text = text.EndsWith('\n') ? text[..^1] : text;
    }

    public static List<JinjaToken> Read(JinjaSource source)
    {
        var lexer = new JinjaLexer(source);
        lexer.ReadAll();
        return lexer._tokens;
    }

    private void ReadAll()
    {
        var stripsStart = false;
        while (_position < _text.Length)
        {
            var tag = NextTag();
            AddText(tag, stripsStart);
            if (tag == _text.Length)
            {
                break;
            }

            stripsStart = _text[tag + 1] == '#' ? SkipComment() : ReadTag();
        }

        _tokens.Add(new JinjaToken(JinjaTokenKind.End, "", _line));
    }

    private int NextTag()
    {
        for (var i = _position; i + 1 < _text.Length; i++)
        {
            if (_text[i] == '{' && _text[i + 1] is '{' or '%' or '#')
            {
                return i;
            }
        }

        return _text.Length;
    }

    /// <summary>The text up to a tag, or to the end, without the white space that the tags on its sides drop.</summary>
    private void AddText(int end, bool stripsStart)
    {
        var line = _line;
        var text = _text[_position..end];
        if (end < _text.Length)
        {
            var sign = end + 2 < _text.Length ? _text[end + 2] : ' ';
            text = sign == '-' ? text.TrimEnd() : sign != '+' && _text[end + 1] != '{' ? TrimLineStart(text) : text;
        }

        text = stripsStart ? text.TrimStart() : text;
        if (text.Length > 0)
        {
            _tokens.Add(new JinjaToken(JinjaTokenKind.Text, text, line));
        }

        Advance(end);
    }

    /// <summary>Drops blanks after the last line end, or all of a text of blanks that starts a line.</summary>
    private string TrimLineStart(string text)
    {
        var start = text.LastIndexOf('\n') + 1;
        var startsLine = start > 0 || _position == 0 || _text[_position - 1] == '\n';
        return startsLine && text.AsSpan(start).IsWhiteSpace() ? text[..start] : text;
    }

    private bool SkipComment()
    {
        var end = _text.IndexOf("#}", _position + 2, StringComparison.Ordinal);
        if (end < 0)
        {
            throw _source.Error(_line, "'{#' is not closed");
        }

        var sign = end > _position + 2 ? _text[end - 1] : ' ';
        Advance(end + 2);
        SkipLineEnd(keeps: sign == '+');
        return sign == '-';
    }

    /// <summary>Reads a tag to its end; true when it drops the white space that follows.</summary>
    private bool ReadTag()
    {
        var isStatement = _text[_position + 1] == '%';
        var close = isStatement ? "%}" : "}}";
        var line = _line;
        Add(isStatement ? JinjaTokenKind.StatementBegin : JinjaTokenKind.OutputBegin, isStatement ? "{%" : "{{", 2);
        if (_position < _text.Length && _text[_position] is '-' or '+')
        {
            Advance(_position + 1);
        }

        var open = 0;
        while (true)
        {
            SkipBlanks();
            if (_position >= _text.Length)
            {
                throw _source.Error(line, $"'{(isStatement ? "{%" : "{{")}' is not closed");
            }

            var rest = _text.AsSpan(_position);
            var sign = rest[0] is '-' or '+' ? 1 : 0;
            if (open == 0 && rest[sign..].StartsWith(close, StringComparison.Ordinal))
            {
                Advance(_position + sign);
                Add(isStatement ? JinjaTokenKind.StatementEnd : JinjaTokenKind.OutputEnd, close, 2);
                SkipLineEnd(keeps: !isStatement || (sign == 1 && rest[0] == '+'));
                return sign == 1 && rest[0] == '-';
            }

            open = ReadToken(open);
        }
    }

    /// <summary>Reads one token inside a tag, and counts open brackets.</summary>
    private int ReadToken(int open)
    {
        var c = _text[_position];
        if (c is '\'' or '"')
        {
            ReadString(c);
        }
        else if (char.IsAsciiDigit(c))
        {
            Add(JinjaTokenKind.Number, NumberLength());
        }
        else if (char.IsAsciiLetter(c) || c == '_')
        {
            Add(JinjaTokenKind.Name, LengthWhile(_position, at => char.IsAsciiLetterOrDigit(_text[at]) || _text[at] == '_'));
        }
        else if (Operators.FirstOrDefault(item => string.CompareOrdinal(_text, _position, item, 0, item.Length) == 0) is { } found)
        {
            Add(JinjaTokenKind.Operator, found.Length);
            return open + (found is "(" or "[" or "{" ? 1 : found is ")" or "]" or "}" ? -1 : 0);
        }
        else
        {
            throw _source.Error(_line, $"the character '{c}' has no meaning inside a tag");
        }

        return open;
    }

    private int NumberLength()
    {
        var digits = LengthWhile(_position, at => char.IsAsciiDigit(_text[at]));
        var point = _position + digits;
        return point + 1 < _text.Length && _text[point] == '.' && char.IsAsciiDigit(_text[point + 1])
            ? digits + 1 + LengthWhile(point + 1, at => char.IsAsciiDigit(_text[at]))
            : digits;
    }

    private int LengthWhile(int from, Func<int, bool> belongs)
    {
        var end = from;
        while (end < _text.Length && belongs(end))
        {
            end++;
        }

        return end - from;
    }

    private void ReadString(char quote)
    {
        var line = _line;
        var value = new StringBuilder();
        var i = _position + 1;
        while (i < _text.Length && _text[i] != quote)
        {
            if (_text[i] == '\\' && i + 1 < _text.Length)
            {
                i += AppendEscape(value, i);
            }
            else
            {
                value.Append(_text[i++]);
            }
        }

        if (i >= _text.Length)
        {
            throw _source.Error(line, $"the string that {quote} begins is not closed");
        }

        _tokens.Add(new JinjaToken(JinjaTokenKind.String, value.ToString(), line));
        Advance(i + 1);
    }

    /// <summary>Appends what an escape stands for, as Python reads it, and gives its length; an unknown one stays.</summary>
    private int AppendEscape(StringBuilder value, int at)
    {
        var c = _text[at + 1];
        var simple = c switch
        {
            'n' => "\n",
            't' => "\t",
            'r' => "\r",
            '\\' or '\'' or '"' => c.ToString(),
            '\n' => "",
            _ => null,
        };
        var digits = c switch { 'x' => 2, 'u' => 4, _ => 0 };
        if (digits > 0 && at + 2 + digits <= _text.Length
            && ushort.TryParse(_text.AsSpan(at + 2, digits), System.Globalization.NumberStyles.AllowHexSpecifier, null, out var code))
        {
            value.Append((char)code);
            return 2 + digits;
        }

        value.Append(simple ?? $"\\{c}");
        return 2;
    }

    private void SkipBlanks()
    {
        while (_position < _text.Length && char.IsWhiteSpace(_text[_position]))
        {
            Advance(_position + 1);
        }
    }

    private void SkipLineEnd(bool keeps)
    {
        if (!keeps && _position < _text.Length && _text[_position] == '\n')
        {
            Advance(_position + 1);
        }
    }

    private void Add(JinjaTokenKind kind, int length) => Add(kind, _text.Substring(_position, length), length);

    private void Add(JinjaTokenKind kind, string text, int length)
    {
        _tokens.Add(new JinjaToken(kind, text, _line));
        Advance(_position + length);
    }

    private void Advance(int to)
    {
        _line += _text.AsSpan(_position, to - _position).Count('\n');
        _position = to;
    }
}
