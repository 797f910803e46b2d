namespace MoR.Coordinator.Configuration.Pretraining;

/// <summary>How text becomes tokens.</summary>
public sealed record PretrainingTokenizer
{
    /// <summary>Absolute path of a <c>tokenizer.json</c>.</summary>
    public required string Path { get; init; }

    /// <summary>The token that ends a text, as the tokenizer spells it; null to look for a usual one.</summary>
    public required string? EndOfText { get; init; }
}
