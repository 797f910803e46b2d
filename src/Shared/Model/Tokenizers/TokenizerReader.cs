using System.Text.Json;
using System.Text.Unicode;
using MoR.Cluster.Errors;
using MoR.Model.Tokenizers.Bpe;
using MoR.Model.Tokenizers.Decoders;
using MoR.Model.Tokenizers.Json;
using MoR.Model.Tokenizers.Normalizers;
using MoR.Model.Tokenizers.PreTokenizers;

namespace MoR.Model.Tokenizers;

/// <summary>
/// Reads a <c>tokenizer.json</c>, the format of Hugging Face's tokenizers library, version 1.0. Every key is known or
/// refused, since a part that is passed over would give other ids than the ones the backbone was trained with.
/// </summary>
internal static class TokenizerReader
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 64 };

    public static Tokenizer Read(ReadOnlyMemory<byte> utf8, string name, Action<string>? notice)
    {
        using var document = ParseJson(utf8, name);
        var root = new JsonPart(document.RootElement, string.Empty, name);
        root.RefuseOtherKeys(
            "version", "truncation", "padding", "added_tokens", "normalizer", "pre_tokenizer", "post_processor",
            "decoder", "model");
        if (root.Find("version") is { } version && version.Text() != "1.0")
        {
            throw version.Error(
                $"the version {version.Quote()} is not supported; supported is \"1.0\"", JsonPart.Unsupported);
        }

        var model = BpeReader.Read(root.Get("model"));
        var normalizer = NormalizerReader.Read(root.Find("normalizer"));
        var vocabulary = model.Vocabulary;
        var added = AddedVocabulary.Read(root.Find("added_tokens"), vocabulary.Ids, vocabulary.Tokens, normalizer);
        var template = TokenTemplateReader.Read(
            root.Find("post_processor"), id => added.Find(id) is not null || vocabulary.Tokens.ContainsKey(id));
        var tokenizer = new Tokenizer(
            normalizer,
            PreTokenizerReader.Read(root.Find("pre_tokenizer")),
            model,
            added,
            template,
            DecoderReader.Read(root.Find("decoder")));
        NoticeIgnored(root, name, notice);
        return tokenizer;
    }

    private static JsonDocument ParseJson(ReadOnlyMemory<byte> utf8, string name)
    {
        const string nextStep = "Download the file again.";
        if (!Utf8.IsValid(utf8.Span))
        {
            throw new InputException(name, "the tokenizer file is not UTF-8", nextStep);
        }

        try
        {
            return JsonDocument.Parse(utf8, Strict);
        }
        catch (Exception cause) when (cause is JsonException or InvalidOperationException)
        {
            throw new InputException(
                name, $"the tokenizer file is not valid JSON ({cause.Message.TrimEnd('.')})", nextStep, cause);
        }
    }

    private static void NoticeIgnored(JsonPart root, string name, Action<string>? notice)
    {
        if (root.Find("truncation") is not null)
        {
            notice?.Invoke($"{name}: the stored truncation is ignored; how long a text may be is set by the recipe.");
        }

        if (root.Find("padding") is not null)
        {
            notice?.Invoke($"{name}: the stored padding is ignored; sequences are laid end to end without any.");
        }
    }
}
