using System.Collections.Immutable;

namespace MoR.Coordinator.Data;

/// <summary>One item as token ids, once per choice, for comparing the choices' likelihoods.</summary>
public sealed record ChoiceSequences
{
    /// <summary>Per choice all token ids; the first <see cref="PromptLength"/> are the same for every choice.</summary>
    public required ImmutableArray<int[]> Tokens { get; init; }

    /// <summary>Number of prompt tokens, at least 1.</summary>
    public required int PromptLength { get; init; }

    /// <summary>Per choice the number of Unicode characters of its completion without surrounding white space, at
    /// least 1.</summary>
    public required ImmutableArray<int> Characters { get; init; }

    /// <summary>Index of the right choice.</summary>
    public required int Label { get; init; }

    /// <summary>Name of the task.</summary>
    public required string Task { get; init; }

    /// <summary>The item's <see cref="TaskItem.Id"/>.</summary>
    public required int ItemId { get; init; }

    /// <summary>Tokens that truncation took from the prompt.</summary>
    public int TokensRemoved { get; init; }

    /// <summary>Number of tokens of a choice itself.</summary>
    public int TokensOf(int choice) => Tokens[choice].Length - PromptLength;
}
