using MoR.Cluster.Errors;
using MoR.Coordinator.Configuration.Pretraining;
using MoR.Coordinator.Data;
using MoR.Model.Tokenizers;

namespace MoR.Coordinator.Pretraining;

/// <summary>The tokenizer of a pretraining run.</summary>
internal sealed class PretrainingText : ITextEncoder
{
    private readonly Tokenizer _tokenizer;
    private readonly int _endOfText;

    private PretrainingText(byte[] file, Tokenizer tokenizer, int endOfText) =>
        (File, _tokenizer, _endOfText) = (file, tokenizer, endOfText);

    /// <summary>Content of its <c>tokenizer.json</c>.</summary>
    public byte[] File { get; }

    /// <summary>Rows that an embedding needs.</summary>
    public int VocabularySize => _tokenizer.VocabularySize;

    /// <summary>The token that ends a text.</summary>
    public int EndOfTextId => _endOfText;

    /// <summary>The token that the tokenizer puts before a text, or null.</summary>
    public int? BeginningOfText => _tokenizer.Encode("", addSpecialTokens: true) is [var first, ..] && first != _endOfText
        ? first
        : null;

    int? ITextEncoder.EndOfText => _endOfText;

    /// <summary>Loads the tokenizer of a recipe.</summary>
    /// <exception cref="InputException">It is missing or unsupported, or has no token that ends a text.</exception>
    public static PretrainingText Load(PretrainingTokenizer recipe, Action<string> notice)
    {
        byte[] content;
        try
        {
            content = System.IO.File.ReadAllBytes(recipe.Path);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new InputException(
                recipe.Path,
                $"the tokenizer file cannot be read ({cause.Message.TrimEnd('.')})",
                "Set tokenizer.path to a readable tokenizer.json.",
                cause);
        }

        var tokenizer = Tokenizer.Parse(content, recipe.Path, notice);
        return new PretrainingText(content, tokenizer, EndOf(recipe, tokenizer));
    }

    /// <inheritdoc/>
    public int[] Encode(string text, bool addSpecialTokens) => _tokenizer.Encode(text, addSpecialTokens);

    /// <summary>The text of token ids, special tokens shown.</summary>
    public string Render(int[] tokens) => _tokenizer.Decode(tokens, skipSpecialTokens: false);

    private static int EndOf(PretrainingTokenizer recipe, Tokenizer tokenizer)
    {
        if (recipe.EndOfText is { } named)
        {
            return tokenizer.TokenToId(named) ?? throw new InputException(
                "tokenizer.end_of_text",
                $"'{named}' is not a token of {recipe.Path}",
                "Spell it as the tokenizer.json does.");
        }

        return TextEndings.Usual.Select(tokenizer.TokenToId).FirstOrDefault(id => id is not null)
            ?? throw new InputException(
                recipe.Path,
                $"it has none of the usual tokens that end a text ({TextEndings.InWords})",
                "Name its own with tokenizer.end_of_text.");
    }
}
