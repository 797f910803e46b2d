using System.Globalization;

namespace MoR.Model.Tokenizers.Bpe;

/// <summary>
/// Byte-pair encoding (Sennrich et al. 2016): a word is its characters, and the neighbours of the lowest rank are
/// merged until no merge is left. Immutable but for its cache, and safe to use from any number of threads.
/// </summary>
internal sealed class BpeModel(BpeVocabulary vocabulary, BpeMerges merges, BpeOptions options)
{
    private static readonly string[] ByteTokens =
        [.. Enumerable.Range(0, 256).Select(value => string.Create(CultureInfo.InvariantCulture, $"<0x{value:X2}>"))];

    private readonly int[] ofByte =
        options.FallsBackToBytes ? Array.ConvertAll(ByteTokens, token => vocabulary.IdOf(token)) : [];

    public BpeVocabulary Vocabulary => vocabulary;

    public BpeMerges Merges => merges;

    public BpeOptions Options => options;

    public WordCache Cache { get; } = new(vocabulary.Ids.Count);

    /// <summary>The id of the token for a byte, or -1; only for a model that falls back to bytes.</summary>
    public int IdOfByte(byte value) => ofByte[value];
}
