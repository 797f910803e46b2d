using System.Collections.Immutable;

namespace MoR.Model.ChatTemplates.Jinja;

/// <summary>An expression of a template, and the line where it stands.</summary>
internal abstract record JinjaExpression(int Line)
{
    public sealed record Literal(int Line, object? Value) : JinjaExpression(Line);

    public sealed record ListOf(int Line, ImmutableArray<JinjaExpression> Items) : JinjaExpression(Line);

    public sealed record MapOf(int Line, ImmutableArray<(JinjaExpression Key, JinjaExpression Value)> Entries)
        : JinjaExpression(Line);

    public sealed record Variable(int Line, string Name) : JinjaExpression(Line);

    public sealed record Member(int Line, JinjaExpression Target, string Name) : JinjaExpression(Line);

    public sealed record Element(int Line, JinjaExpression Target, JinjaExpression Key) : JinjaExpression(Line);

    public sealed record Slice(
        int Line, JinjaExpression Target, JinjaExpression? Start, JinjaExpression? End, JinjaExpression? Step)
        : JinjaExpression(Line);

    public sealed record Call(int Line, JinjaExpression Target, JinjaArguments Arguments) : JinjaExpression(Line);

    public sealed record Filter(int Line, JinjaExpression Target, string Name, JinjaArguments Arguments)
        : JinjaExpression(Line);

    public sealed record Test(int Line, JinjaExpression Target, string Name, JinjaArguments Arguments, bool IsNegated)
        : JinjaExpression(Line);

    public sealed record Unary(int Line, string Operator, JinjaExpression Target) : JinjaExpression(Line);

    public sealed record Binary(int Line, string Operator, JinjaExpression Left, JinjaExpression Right)
        : JinjaExpression(Line);

    /// <summary>A comparison, or a chain of them: a &lt; b &lt; c.</summary>
    public sealed record Comparison(
        int Line, JinjaExpression First, ImmutableArray<(string Operator, JinjaExpression Right)> Rest)
        : JinjaExpression(Line);

    public sealed record Conditional(int Line, JinjaExpression Condition, JinjaExpression Then, JinjaExpression? Otherwise)
        : JinjaExpression(Line);
}
