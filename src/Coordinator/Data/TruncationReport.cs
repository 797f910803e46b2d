namespace MoR.Coordinator.Data;

/// <summary>What truncation to the longest allowed sequence did to a set of items.</summary>
/// <param name="Items">Items in the set.</param>
/// <param name="TruncatedItems">Items whose prompt was cut.</param>
/// <param name="TokensRemoved">Prompt tokens that were cut, over all items.</param>
/// <param name="MaxTokens">The longest allowed sequence, in tokens.</param>
public sealed record TruncationReport(int Items, int TruncatedItems, long TokensRemoved, int MaxTokens)
{
    /// <summary>The report of a set, from the number of tokens that each of its items lost.</summary>
    public static TruncationReport Of(IEnumerable<int> tokensRemoved, int maxTokens)
    {
        int items = 0, truncated = 0;
        long removed = 0;
        foreach (int tokens in tokensRemoved)
        {
            items++;
            truncated += tokens > 0 ? 1 : 0;
            removed += tokens;
        }

        return new TruncationReport(items, truncated, removed, maxTokens);
    }

    /// <inheritdoc/>
    public override string ToString() => TruncatedItems == 0
        ? $"none of {Items} items is longer than {MaxTokens} tokens"
        : $"{TruncatedItems} of {Items} items are longer than {MaxTokens} tokens: the start of their prompts was cut,"
            + $" {TokensRemoved} tokens in all (no answer was cut)";
}
