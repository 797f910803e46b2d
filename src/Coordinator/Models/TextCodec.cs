using MoR.Cluster.Errors;
using MoR.Coordinator.Data;
using MoR.Model.Backbone;
using MoR.Model.ChatTemplates;
using MoR.Model.Tokenizers;

namespace MoR.Coordinator.Models;

/// <summary>A backbone's tokenizer, with the token that ends a text and the way it writes conversations.</summary>
public sealed class TextCodec : ITextEncoder
{
    private readonly Lazy<ChatTemplate> _chatTemplate;

    private TextCodec(Tokenizer tokenizer, int? endOfText, string folder)
    {
        (Tokenizer, EndOfText) = (tokenizer, endOfText);
        _chatTemplate = new Lazy<ChatTemplate>(() => ChatTemplate.Load(folder));
    }

    /// <summary>The tokenizer.</summary>
    public Tokenizer Tokenizer { get; }

    /// <inheritdoc/>
    public int? EndOfText { get; }

    /// <summary>The backbone's chat template, read when it is first asked for.</summary>
    /// <exception cref="InputException">The backbone has none, or one that is not supported.</exception>
    public ChatTemplate ChatTemplate => _chatTemplate.Value;

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

        return new TextCodec(tokenizer, config.EndOfText.Count > 0 ? config.EndOfText[0] : null, folder);
    }

    /// <inheritdoc/>
    public int[] Encode(string text, bool addSpecialTokens) => Tokenizer.Encode(text, addSpecialTokens);

    /// <summary>The text of token ids, special tokens shown.</summary>
    public string Render(int[] tokens) => Tokenizer.Decode(tokens, skipSpecialTokens: false);
}
