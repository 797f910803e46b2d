namespace MoR.Model.ChatTemplates.Jinja;

/// <summary>A <c>namespace</c>: the one value of a template whose members a <c>set</c> within a loop can change.</summary>
internal sealed class JinjaNamespace
{
    public Dictionary<string, object?> Members { get; } = new(StringComparer.Ordinal);
}
