using MoR.Cluster.Errors;
using MoR.Coordinator.Data;
using MoR.Model.Backbone;
using MoR.Model.Tokenizers;

namespace MoR.Coordinator.Models;

/// <summary>A backbone's tokenizer, with the token that ends a text.</summary>
public sealed class TextCodec : ITextEncoder
{
    private TextCodec(Tokenizer tokenizer, int? endOfText) => (Tokenizer, EndOfText) = (tokenizer, endOfText);

    /// <summary>The tokenizer.</summary>
    public Tokenizer Tokenizer { get; }

    /// <inheritdoc/>
    public int? EndOfText { get; }

    /// <summary>Loads <c>tokenizer.json</c> from a backbone's folder.</summary>
    /// <exception cref="InputException">It is missing, unsupported, or has more tokens than the backbone.</exception>
    public static TextCodec Load(string folder, LlamaConfig config, Action<string> notice)
    {
        var file = Path.Combine(folder, "tokenizer.json");
        var tokenizer = Tokenizer.Load(file, notice);
        if (tokenizer.VocabularySize > config.VocabularySize)
        {
            throw new InputException(
                file,
                $"it has token ids up to {tokenizer.VocabularySize - 1}, and the backbone's vocabulary has "
                + $"{config.VocabularySize} rows",
                "Use the tokenizer.json that belongs to the backbone.");
        }

        return new TextCodec(tokenizer, config.EndOfText.Count > 0 ? config.EndOfText[0] : null);
    }

    /// <inheritdoc/>
    public int[] Encode(string text, bool addSpecialTokens) => Tokenizer.Encode(text, addSpecialTokens);

    /// <summary>The text of token ids, special tokens shown.</summary>
    public string Render(int[] tokens) => Tokenizer.Decode(tokens, skipSpecialTokens: false);
}
