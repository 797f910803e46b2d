using System.Text;
using MoR.Coordinator.Data;

namespace MoR.Coordinator.Tests.Data;

/// <summary>
/// One token per character, but for the pairs in <paramref name="merges"/>, which are one token as in a byte-pair
/// encoding. Special tokens, where there are any, are negative.
/// </summary>
internal sealed class CharacterEncoder(params string[] merges) : ITextEncoder
{
    private const int FirstMerge = 0x20_0000;

    public int? Beginning { get; init; } = -1;

    /// <summary>Whether the end of text also stands at the end of a text with special tokens.</summary>
    public bool AppendsEnd { get; init; }

    public int? EndOfText { get; init; } = -2;

    public int[] Encode(string text, bool addSpecialTokens)
    {
        var tokens = new List<int>();
        for (int i = 0; i < text.Length; i++)
        {
            int merge = Array.FindIndex(merges, pair => string.CompareOrdinal(text, i, pair, 0, pair.Length) == 0);
            tokens.Add(merge < 0 ? text[i] : FirstMerge + merge);
            i += merge < 0 ? 0 : merges[merge].Length - 1;
        }

        if (addSpecialTokens && Beginning is { } beginning)
        {
            tokens.Insert(0, beginning);
        }

        if (addSpecialTokens && AppendsEnd)
        {
            tokens.Add(EndOfText!.Value);
        }

        return [.. tokens];
    }

    public string Decode(IEnumerable<int> tokens)
    {
        var text = new StringBuilder();
        foreach (int token in tokens)
        {
            text.Append(token switch
            {
                -1 => "<s>",
                -2 => "</s>",
                >= FirstMerge => merges[token - FirstMerge],
                _ => ((char)token).ToString(),
            });
        }

        return text.ToString();
    }
}
