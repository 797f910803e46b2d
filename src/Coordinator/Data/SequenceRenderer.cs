using System.Text;

namespace MoR.Coordinator.Data;

/// <summary>Shows training sequences to a person, for <c>--dry-run</c>.</summary>
public static class SequenceRenderer
{
    private const char Open = '⟦';
    private const char Close = '⟧';

    /// <summary>
    /// The text of a sequence as its tokens spell it, the supervised part between ⟦ and ⟧, under a line with its name
    /// and its sizes.
    /// </summary>
    /// <param name="sequence">The sequence.</param>
    /// <param name="decode">Turns token ids into text, special tokens included.</param>
    public static string Render(TrainingSequence sequence, Func<int[], string> decode)
    {
        string prompt = decode(sequence.Tokens[..sequence.PromptLength]);
        string whole = decode(sequence.Tokens);

        // Decoding the answer alone could lose the space that it starts with.
        string answer = whole.StartsWith(prompt, StringComparison.Ordinal)
            ? whole[prompt.Length..]
            : decode(sequence.Tokens[sequence.PromptLength..]);
        var text = new StringBuilder();
        text.Append(sequence.Task).Append(" item ").Append(sequence.ItemId).Append(": ")
            .Append(sequence.Tokens.Length).Append(" tokens, ")
            .Append(sequence.SupervisedTokens).Append(" supervised (")
            .Append(Open).Append(' ').Append(Close).Append(')');
        if (sequence.TokensRemoved > 0)
        {
            text.Append(", ").Append(sequence.TokensRemoved).Append(" cut from the start of the prompt");
        }

        return text.Append('\n').Append(prompt).Append(Open).Append(answer).Append(Close).ToString();
    }
}
