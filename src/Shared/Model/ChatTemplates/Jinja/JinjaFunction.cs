namespace MoR.Model.ChatTemplates.Jinja;

/// <summary>A function that a template can call by its name.</summary>
internal sealed record JinjaFunction(string Name)
{
    /// <summary>The names of all of them.</summary>
    public static IReadOnlyList<string> Names { get; } = ["raise_exception", "namespace", "range"];
}
