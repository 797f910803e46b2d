namespace MoR.Model.ChatTemplates.Jinja;

/// <summary>A token, and the line of the template where it starts, from 1.</summary>
internal readonly record struct JinjaToken(JinjaTokenKind Kind, string Text, int Line)
{
    /// <summary>Whether it is this operator or name.</summary>
    public bool Is(JinjaTokenKind kind, string text) => Kind == kind && Text == text;

    /// <summary>The token in words, for messages.</summary>
    public string Describe() => Kind switch
    {
        JinjaTokenKind.End => "the end of the template",
        JinjaTokenKind.Text => "text",
        JinjaTokenKind.String => $"the string '{Text}'",
        _ => $"'{Text}'",
    };
}
