using MoR.Coordinator.Data;

namespace MoR.Coordinator.Pretraining;

/// <summary>Text as tokens of a sequence.</summary>
internal static class TextSequences
{
    /// <summary>The tokens of a whole text: what the tokenizer puts around it, and the end of text unless that is among it.</summary>
    public static int[] WithEnd(ITextEncoder encoder, string text)
    {
        var tokens = encoder.Encode(text, addSpecialTokens: true);
        return encoder.EndOfText is { } end && (tokens.Length == 0 || tokens[^1] != end) ? [.. tokens, end] : tokens;
    }
}
