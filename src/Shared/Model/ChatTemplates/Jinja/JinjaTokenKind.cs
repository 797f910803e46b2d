namespace MoR.Model.ChatTemplates.Jinja;

/// <summary>What a token of a template is.</summary>
internal enum JinjaTokenKind
{
    /// <summary>Text that is written as it is.</summary>
    Text,

    /// <summary><c>{%</c></summary>
    StatementBegin,

    /// <summary><c>%}</c></summary>
    StatementEnd,

    /// <summary><c>{{</c></summary>
    OutputBegin,

    /// <summary><c>}}</c></summary>
    OutputEnd,

    /// <summary>A name or a word of the language.</summary>
    Name,

    /// <summary>A string literal, its escapes read.</summary>
    String,

    /// <summary>A number literal.</summary>
    Number,

    /// <summary>An operator or a bracket.</summary>
    Operator,

    /// <summary>The end of the template.</summary>
    End,
}
