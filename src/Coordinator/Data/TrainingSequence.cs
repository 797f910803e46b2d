namespace MoR.Coordinator.Data;

/// <summary>
/// One item as token ids: the prompt, then what is supervised (the completion and the end of text). Or a window of a
/// plain text, whose prompt is its first token.
/// </summary>
public sealed record TrainingSequence
{
    /// <summary>All token ids, [T].</summary>
    public required int[] Tokens { get; init; }

    /// <summary>
    /// Number of prompt tokens, at least 1. The loss is over the tokens from this position on, each predicted at the
    /// position before it.
    /// </summary>
    public required int PromptLength { get; init; }

    /// <summary>Name of the task.</summary>
    public required string Task { get; init; }

    /// <summary>The item's <see cref="TaskItem.Id"/>, or the number of the window, from 0.</summary>
    public required int ItemId { get; init; }

    /// <summary>Tokens that truncation took from the prompt.</summary>
    public int TokensRemoved { get; init; }

    /// <summary>Number of tokens that the loss is over.</summary>
    public int SupervisedTokens => Tokens.Length - PromptLength;
}
