using System.Collections.Immutable;

namespace MoR.Model.ChatTemplates.Jinja;

/// <summary>What a call, filter or test is given in its parentheses.</summary>
internal sealed record JinjaArguments(
    ImmutableArray<JinjaExpression> Positional, ImmutableArray<(string Name, JinjaExpression Value)> Named)
{
    public static JinjaArguments None { get; } = new([], []);
}
