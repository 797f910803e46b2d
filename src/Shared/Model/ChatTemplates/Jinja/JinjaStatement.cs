using System.Collections.Immutable;

namespace MoR.Model.ChatTemplates.Jinja;

/// <summary>A piece of a template, and the line where it stands.</summary>
internal abstract record JinjaStatement(int Line)
{
    public sealed record Text(int Line, string Value) : JinjaStatement(Line);

    public sealed record Output(int Line, JinjaExpression Value) : JinjaStatement(Line);

    /// <summary>A condition for every branch but <c>else</c>, which has none.</summary>
    public sealed record If(
        int Line, ImmutableArray<(JinjaExpression? Condition, ImmutableArray<JinjaStatement> Body)> Branches)
        : JinjaStatement(Line);

    /// <summary>Several names take an item apart.</summary>
    public sealed record For(
        int Line,
        ImmutableArray<string> Names,
        JinjaExpression Items,
        JinjaExpression? Condition,
        ImmutableArray<JinjaStatement> Body,
        ImmutableArray<JinjaStatement> Otherwise)
        : JinjaStatement(Line);

    /// <summary>Sets a variable, or (<paramref name="Member"/> given) a member of a namespace.</summary>
    public sealed record Set(int Line, string Name, string? Member, JinjaExpression Value) : JinjaStatement(Line);
}
