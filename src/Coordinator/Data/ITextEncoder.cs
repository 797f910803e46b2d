namespace MoR.Coordinator.Data;

/// <summary>The part of a tokenizer that data needs.</summary>
public interface ITextEncoder
{
    /// <summary>The token that ends a text, or null when the tokenizer has none.</summary>
    int? EndOfText { get; }

    /// <summary>
    /// The token ids of a text. With <paramref name="addSpecialTokens"/>, the tokenizer's own ones (such as a
    /// beginning-of-text token) stand around it.
    /// </summary>
    int[] Encode(string text, bool addSpecialTokens);
}
