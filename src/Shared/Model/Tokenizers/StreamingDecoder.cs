using System.Runtime.InteropServices;

namespace MoR.Model.Tokenizers;

/// <summary>
/// Decodes ids that come one by one, and gives text out only when it is complete: a character whose bytes are spread
/// over several tokens comes with the last of them. Not for several threads.
/// </summary>
public sealed class StreamingDecoder
{
    // No character needs more tokens; a model that emits bytes at random must not hold its text back for ever.
    private const int MostHeldBack = 16;
    private const char Incomplete = '\uFFFD';

    private readonly Tokenizer tokenizer;
    private readonly bool skipSpecialTokens;
    private readonly List<int> window = [];
    private int givenIds;
    private string given = string.Empty;

    internal StreamingDecoder(Tokenizer tokenizer, bool skipSpecialTokens) =>
        (this.tokenizer, this.skipSpecialTokens) = (tokenizer, skipSpecialTokens);

    /// <summary>The text that <paramref name="id"/> completes; empty where more ids are needed.</summary>
    public string Append(int id)
    {
        var isSkipped = skipSpecialTokens && tokenizer.IsSpecial(id);
        if (isSkipped || tokenizer.IdToToken(id) is null)
        {
            return string.Empty;
        }

        window.Add(id);
        var text = Decode();
        var isComplete = !text.EndsWith(Incomplete) || window.Count - givenIds > MostHeldBack;
        return isComplete ? GiveOut(text) : string.Empty;
    }

    /// <summary>The text held back at the end, with U+FFFD where bytes are missing.</summary>
    public string Finish() => GiveOut(Decode());

    // Ids are decoded together with those given out last, since what a token means may depend on the one before it: a
    // decoder that drops the space in front of a text must not drop that of every token.
    private string GiveOut(string text)
    {
        var common = text.AsSpan().CommonPrefixLength(given);
        var isInsidePair = common > 0 && common < text.Length && char.IsHighSurrogate(text[common - 1]);
        var result = text[(isInsidePair ? common - 1 : common)..];
        if (result.Length > 0)
        {
            window.RemoveRange(0, givenIds);
            givenIds = window.Count;
            given = Decode();
        }

        return result;
    }

    private string Decode() =>
        tokenizer.Decode(CollectionsMarshal.AsSpan(window), skipSpecialTokens);
}
