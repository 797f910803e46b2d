using MoR.Coordinator.Data;
using MoR.Coordinator.Generation;

namespace MoR.Coordinator.Evaluation;

/// <summary>An item that is answered by generation: its prompt as tokens, and how far to go on.</summary>
/// <param name="Tokens">The prompt, special tokens included, cut at its start so that the answer fits.</param>
/// <param name="Options">Greedy; to the end of the line, unless the right answer has several.</param>
/// <param name="TokensRemoved">Tokens that truncation took from the prompt.</param>
public sealed record GenerationPrompt(int[] Tokens, SamplingOptions Options, int TokensRemoved)
{
    private const int SpareTokens = 8; // beyond the right answer, so that one that goes on counts as wrong

    /// <summary>The prompt of an item.</summary>
    /// <exception cref="MoR.Cluster.Errors.InputException">Prompt or answer have no tokens, or the answer does not
    /// fit.</exception>
    public static GenerationPrompt Of(TaskItem item, SequenceEncoder encoder, string task)
    {
        // The prompt is cut so that the right answer fits, as in training; what is spare may go beyond data.max_tokens.
        var answer = encoder.Encode(item, task).SupervisedTokens;
        var options = new SamplingOptions
        {
            EndOfAnswer = encoder.EndOfAnswer(item.Chat),
            MaxNewTokens = answer + SpareTokens,
            StopAtLineEnd = !item.Completion.Trim().Contains('\n', StringComparison.Ordinal),
        };
        var tokens = encoder.EncodePrompt(item.Prompt, item.Chat, answer, out var removed);
        return new GenerationPrompt(tokens, options, removed);
    }
}
