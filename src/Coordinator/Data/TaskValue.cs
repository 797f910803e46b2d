using System.Collections.Immutable;

namespace MoR.Coordinator.Data;

/// <summary>What a row holds in one column: a text, or (JSON formats) a list of texts.</summary>
public sealed record TaskValue
{
    private TaskValue(string? text, ImmutableArray<string> list) => (Text, List) = (text, list);

    /// <summary>The text, or null for a list.</summary>
    public string? Text { get; }

    /// <summary>The elements of a list; empty for a text.</summary>
    public ImmutableArray<string> List { get; }

    public bool IsList => Text is null;

    public static TaskValue Of(string text) => new(text, []);

    public static TaskValue Of(ImmutableArray<string> list) => new(null, list);
}
