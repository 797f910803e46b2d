using System.Text;

namespace MoR.Coordinator.Configuration.Reading;

/// <summary>A text; numbers and words written without quotes are texts too.</summary>
/// <param name="mostCharacters">The greatest length.</param>
/// <param name="allowNull">Whether an empty value is allowed and stands for null.</param>
/// <param name="rule">What the text must also fulfil.</param>
/// <param name="ruleText">That in words.</param>
public sealed class PlainText(
    int mostCharacters, bool allowNull = false, Func<string, bool>? rule = null, string ruleText = "")
    : ValueKind<string?>
{
    /// <inheritdoc/>
    public override string TypeName => allowNull ? "a text or null" : "a text";

    /// <inheritdoc/>
    public override string Allowed =>
        ruleText.Length > 0 ? ruleText : $"at most {mostCharacters} characters";

    /// <inheritdoc/>
    public override bool TryRead(ConfigNode node, string key, ProblemList problems, out string? value)
    {
        value = null;
        if (node.IsNull && allowNull)
        {
            return true;
        }

        if (node is not ScalarNode { IsNull: false } scalar)
        {
            return RefuseType(node, key, problems);
        }

        if (scalar.Text.Length == 0 || scalar.Text.Length > mostCharacters || rule?.Invoke(scalar.Text) == false)
        {
            return RefuseRange(node, key, problems);
        }

        value = scalar.Text;
        return true;
    }

    /// <inheritdoc/>
    public override string Write(string? value) => value is null ? "null" : Quote(value);

    /// <summary>The text in double quotes with YAML's escapes, or bare when that reads back as the same text.</summary>
    internal static string Quote(string text)
    {
        if (IsSafeBare(text))
        {
            return text;
        }

        var quoted = new StringBuilder("\"");
        foreach (var c in text)
        {
            quoted.Append(c switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                < ' ' or (>= '\u007F' and <= '\u00A0') or '\u2028' or '\u2029' or '\uFEFF' => $"\\u{(int)c:X4}",
                _ => c.ToString(),
            });
        }

        return quoted.Append('"').ToString();
    }

    private static bool IsSafeBare(string text) =>
        text.Length > 0
        && (char.IsAsciiLetter(text[0]) || text[0] is '/' or '_')
        && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.' or '/')
        && !(new ScalarNode(default, text, IsPlain: true).IsNull || text is "true" or "false");
}
