using System.Text;

namespace MoR.Model.Tokenizers.Bpe;

/// <summary>The tokens of a BPE model, and which id each single character has.</summary>
internal sealed class BpeVocabulary
{
    private readonly Dictionary<string, int> ids;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> idsBySpan;
    private readonly int[] ofUnit;
    private readonly Dictionary<int, int> ofRune = [];

    /// <param name="ids">Token to id; no id occurs twice.</param>
    public BpeVocabulary(Dictionary<string, int> ids)
    {
        this.ids = ids;
        idsBySpan = ids.GetAlternateLookup<ReadOnlySpan<char>>();
        Tokens = ids.ToDictionary(entry => entry.Value, entry => entry.Key);
        var singles = ids.Where(entry => entry.Key.Length == 1).ToList();
        ofUnit = new int[singles.Count == 0 ? 0 : singles.Max(entry => entry.Key[0]) + 1];
        Array.Fill(ofUnit, -1);
        foreach (var (token, id) in singles)
        {
            ofUnit[token[0]] = id;
        }

        foreach (var (token, id) in ids)
        {
            if (token.Length == 2 && Rune.TryGetRuneAt(token, 0, out var rune) && !rune.IsBmp)
            {
                ofRune[rune.Value] = id;
            }
        }
    }

    public IReadOnlyDictionary<string, int> Ids => ids;

    public IReadOnlyDictionary<int, string> Tokens { get; }

    /// <summary>The id of a token, or -1.</summary>
    public int IdOf(ReadOnlySpan<char> token) => idsBySpan.TryGetValue(token, out var id) ? id : -1;

    /// <summary>The id of the character that starts at <paramref name="index"/>, or -1.</summary>
    /// <param name="text">Well-formed UTF-16.</param>
    /// <param name="index">The start of a character.</param>
    /// <param name="length">Its length in UTF-16 units.</param>
    public int IdAt(ReadOnlySpan<char> text, int index, out int length)
    {
        var unit = text[index];
        if (!char.IsSurrogate(unit))
        {
            length = 1;
            return unit < ofUnit.Length ? ofUnit[unit] : -1;
        }

        length = 2;
        return ofRune.GetValueOrDefault(char.ConvertToUtf32(unit, text[index + 1]), -1);
    }
}
