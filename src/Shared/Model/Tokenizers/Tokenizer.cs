using System.Text;
using MoR.Cluster.Errors;
using MoR.Model.Tokenizers.Bpe;
using MoR.Model.Tokenizers.Decoders;
using MoR.Model.Tokenizers.Normalizers;
using MoR.Model.Tokenizers.PreTokenizers;

namespace MoR.Model.Tokenizers;

/// <summary>
/// Text to token ids and back, by a Hugging Face <c>tokenizer.json</c> with a BPE model, byte-level or of
/// SentencePiece's kind. A part of the file that is not supported is refused by name when it is read, never passed
/// over. Any number of threads may use one tokenizer.
/// </summary>
public sealed class Tokenizer
{
    /// <summary>The highest id that a file may use, far above every vocabulary there is.</summary>
    internal const int HighestId = (1 << 24) - 1;

    private readonly NormalizerPipeline normalizer;
    private readonly PreTokenizerPipeline preTokenizer;
    private readonly AddedVocabulary added;
    private readonly TokenTemplate template;
    private readonly DecoderPipeline decoder;

    internal Tokenizer(
        NormalizerPipeline normalizer,
        PreTokenizerPipeline preTokenizer,
        BpeModel model,
        AddedVocabulary added,
        TokenTemplate template,
        DecoderPipeline decoder)
    {
        this.normalizer = normalizer;
        this.preTokenizer = preTokenizer;
        Model = model;
        this.added = added;
        this.template = template;
        this.decoder = decoder;
        VocabularySize = 1 + added.Ids.Concat(Model.Vocabulary.Ids.Values).DefaultIfEmpty(-1).Max();
    }

    /// <summary>The highest id plus one, added tokens included; ids in between may be unused.</summary>
    public int VocabularySize { get; }

    internal BpeModel Model { get; }

    /// <summary>Reads a <c>tokenizer.json</c>.</summary>
    /// <param name="path">The file.</param>
    /// <param name="notice">Takes one sentence for each stored setting that is ignored (truncation, padding).</param>
    /// <exception cref="InputException">The file cannot be read, or has a part that is not supported.</exception>
    public static Tokenizer Load(string path, Action<string>? notice = null)
    {
        byte[] content;
        try
        {
            content = File.ReadAllBytes(path);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new InputException(
                path,
                $"the tokenizer file cannot be read ({cause.Message.TrimEnd('.')})",
                "Give the path of a readable tokenizer.json.",
                cause);
        }

        return Parse(content, path, notice);
    }

    /// <summary>Reads the content of a <c>tokenizer.json</c>.</summary>
    /// <param name="utf8">The content.</param>
    /// <param name="name">What errors and notices call the file.</param>
    /// <param name="notice">Takes one sentence for each stored setting that is ignored (truncation, padding).</param>
    /// <exception cref="InputException">The file is damaged, or has a part that is not supported.</exception>
    public static Tokenizer Parse(ReadOnlyMemory<byte> utf8, string name, Action<string>? notice = null) =>
        TokenizerReader.Read(utf8, name, notice);

    /// <summary>The token ids of a text. Half surrogate pairs in it count as U+FFFD.</summary>
    /// <param name="text">Any text; one that spells a special token gets that token.</param>
    /// <param name="addSpecialTokens">Puts what the file's template says around it, such as a start token.</param>
    /// <exception cref="InputException">An expression of the file needs exponential time for this text.</exception>
    public int[] Encode(string text, bool addSpecialTokens = true)
    {
        ArgumentNullException.ThrowIfNull(text);
        text = WellFormed(text);
        var ids = new List<int>((text.Length / 3) + 8);
        if (addSpecialTokens)
        {
            ids.AddRange(template.Before);
        }

        EncodeSections(text, ids);
        if (addSpecialTokens)
        {
            ids.AddRange(template.After);
        }

        return [.. ids];
    }

    /// <summary>The text of token ids. Ids without token are left out; bytes that are no UTF-8 become U+FFFD.</summary>
    /// <param name="ids">The ids.</param>
    /// <param name="skipSpecialTokens">Leaves special tokens out.</param>
    public string Decode(ReadOnlySpan<int> ids, bool skipSpecialTokens = true)
    {
        var tokens = new List<string>(ids.Length);
        foreach (var id in ids)
        {
            var isSkipped = skipSpecialTokens && IsSpecial(id);
            if (!isSkipped && IdToToken(id) is { } token)
            {
                tokens.Add(token);
            }
        }

        return decoder.Decode(tokens);
    }

    /// <summary>A decoder for ids that come one by one.</summary>
    public StreamingDecoder DecodeStream(bool skipSpecialTokens = true) => new(this, skipSpecialTokens);

    /// <summary>The id of a token as the vocabulary spells it, or null.</summary>
    public int? TokenToId(string token)
    {
        ArgumentNullException.ThrowIfNull(token);
        if (added.Find(token) is { } found)
        {
            return found.Id;
        }

        var id = Model.Vocabulary.IdOf(token);
        return id >= 0 ? id : null;
    }

    /// <summary>The token of an id as the vocabulary spells it, or null.</summary>
    public string? IdToToken(int id) => added.Find(id)?.Content ?? Model.Vocabulary.Tokens.GetValueOrDefault(id);

    /// <summary>Whether the file marks the token of this id as special.</summary>
    public bool IsSpecial(int id) => added.Find(id) is { IsSpecial: true };

    // What follows may then take every high surrogate to have its low one behind it.
    private static string WellFormed(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF'))
        {
            return text;
        }

        var result = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            result.Append(rune);
        }

        return result.ToString();
    }

    private static void Cut(AddedTokenFinder? finder, string text, List<AddedTokenFinder.Section> sections)
    {
        sections.Clear();
        if (finder is not null)
        {
            finder.Cut(text, sections);
        }
        else if (text.Length > 0)
        {
            sections.Add(new AddedTokenFinder.Section(0, text.Length, Token: null));
        }
    }

    private void EncodeSections(string text, List<int> ids)
    {
        var encoder = new BpeEncoder(Model, ids);
        var scratch = new PreTokenizerScratch();
        var sections = new List<AddedTokenFinder.Section>();
        var subsections = new List<AddedTokenFinder.Section>();
        Cut(added.BeforeNormalizing, text, sections);
        foreach (var section in sections)
        {
            if (section.Token is { } token)
            {
                ids.Add(token.Id);
                continue;
            }

            var normalized = normalizer.Normalize(text.Substring(section.Start, section.Length));
            Cut(added.AfterNormalizing, normalized, subsections);
            foreach (var subsection in subsections)
            {
                if (subsection.Token is { } normalizedToken)
                {
                    ids.Add(normalizedToken.Id);
                    continue;
                }

                var isFirst = section.Start == 0 && subsection.Start == 0;
                var piece = new Piece(normalized, subsection.Start, subsection.Length, isFirst);
                foreach (var word in preTokenizer.Split(piece, scratch))
                {
                    encoder.Encode(word.Span);
                }
            }
        }
    }
}
