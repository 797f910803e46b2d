using System.Runtime.InteropServices;

namespace MoR.Coordinator.Evaluation;

/// <summary>A sequence whose tail is to be scored: the tokens from <paramref name="PromptLength"/> on, given all before.</summary>
public sealed record ScoredSequence(int[] Tokens, int PromptLength)
{
    /// <summary>What the model reads: all but the last token.</summary>
    public ReadOnlySpan<int> Input => Tokens.AsSpan(0, Tokens.Length - 1);

    /// <summary>Equal for sequences that read the same.</summary>
    public string InputKey => Convert.ToHexString(MemoryMarshal.AsBytes(Input));
}
