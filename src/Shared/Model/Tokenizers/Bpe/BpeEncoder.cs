using System.Runtime.InteropServices;
using System.Text;

namespace MoR.Model.Tokenizers.Bpe;

/// <summary>The working memory of one encoding; one thread uses it.</summary>
internal sealed class BpeEncoder(BpeModel model, List<int> output)
{
    /// <summary>Longer words are too rare to remember.</summary>
    private const int LongestCachedWord = 64;

    private readonly MergeQueue queue = new();
    private readonly List<Symbol> symbols = [];

    /// <summary>Adds the ids of a word: well-formed UTF-16, not empty, of any length.</summary>
    public void Encode(ReadOnlySpan<char> word)
    {
        if (model.Options.PrefersWholeWords && model.Vocabulary.IdOf(word) is var id and >= 0)
        {
            output.Add(id);
            return;
        }

        var start = 0;
        for (var end = 1; word.Length > LongestCachedWord && end < word.Length; end++)
        {
            if (IsSafeCut(word, end))
            {
                EncodePart(word[start..end]);
                start = end;
            }
        }

        EncodePart(word[start..]);
    }

    // A cut is safe where no merge joins its two sides. Unknown characters are never cut off: they may fuse, and the
    // token that stands for them does not end in the character itself.
    private bool IsSafeCut(ReadOnlySpan<char> word, int at)
    {
        var (left, right) = (word[at - 1], word[at]);
        return !model.Merges.CanJoin(left, right)
            && !char.IsSurrogate(left) && !char.IsSurrogate(right)
            && model.Vocabulary.IdAt(word, at - 1, out _) >= 0
            && model.Vocabulary.IdAt(word, at, out _) >= 0;
    }

    private void EncodePart(ReadOnlySpan<char> part)
    {
        if (part.Length > LongestCachedWord)
        {
            Merge(part);
            return;
        }

        if (model.Cache.Find(part, out var place) is { } known)
        {
            output.AddRange(known);
            return;
        }

        var before = output.Count;
        Merge(part);
        model.Cache.Set(place, part, CollectionsMarshal.AsSpan(output)[before..].ToArray());
    }

    private void Merge(ReadOnlySpan<char> part)
    {
        symbols.Clear();
        AddCharacters(part);
        var span = CollectionsMarshal.AsSpan(symbols);
        for (var index = 0; index + 1 < span.Length; index++)
        {
            Enqueue(span, index, index + 1);
        }

        while (queue.Count > 0)
        {
            var key = queue.TakeSmallest();
            MergeAt(span, (int)(uint)key, (int)(key >> 32));
        }

        for (var index = 0; index < span.Length; index = span[index].Next)
        {
            output.Add(span[index].Id);
        }
    }

    // Keys order by rank, then by position, so that equal merges happen from left to right.
    private void Enqueue(Span<Symbol> span, int left, int right)
    {
        var rank = model.Merges.RankOf(span[left].Id, span[right].Id);
        if (rank >= 0)
        {
            queue.Add(((ulong)(uint)rank << 32) | (uint)left);
        }
    }

    private void MergeAt(Span<Symbol> span, int at, int rank)
    {
        ref var symbol = ref span[at];
        var merge = model.Merges[rank];
        var right = symbol.Next;
        if (symbol.Id != merge.Left || right >= span.Length || span[right].Id != merge.Right)
        {
            // One of the two was merged with another neighbour since this was queued.
            return;
        }

        symbol.Id = merge.Merged;
        symbol.Next = span[right].Next;
        span[right].Id = Symbol.Gone;
        if (symbol.Next < span.Length)
        {
            span[symbol.Next].Previous = at;
            Enqueue(span, at, symbol.Next);
        }

        if (symbol.Previous >= 0)
        {
            Enqueue(span, symbol.Previous, at);
        }
    }

    private void AddCharacters(ReadOnlySpan<char> part)
    {
        var hasUnknown = false;
        var index = 0;
        while (index < part.Length)
        {
            var id = model.Vocabulary.IdAt(part, index, out var length);
            var character = part.Slice(index, length);
            index += length;
            if (id >= 0)
            {
                EndUnknown(ref hasUnknown);
                AddSymbol(id);
            }
            else if (!model.Options.FallsBackToBytes || !TryAddBytes(character))
            {
                if (!model.Options.FusesUnknown)
                {
                    EndUnknown(ref hasUnknown);
                }

                hasUnknown = model.Options.UnknownId >= 0;
            }
        }

        EndUnknown(ref hasUnknown);
    }

    // As in Hugging Face's model, bytes do not end a stretch of unknown characters, whose token then follows them. It
    // shows only where a vocabulary has some of the byte tokens and not all.
    private bool TryAddBytes(ReadOnlySpan<char> character)
    {
        Span<byte> bytes = stackalloc byte[4];
        bytes = bytes[..Encoding.UTF8.GetBytes(character, bytes)];
        foreach (var value in bytes)
        {
            if (model.IdOfByte(value) < 0)
            {
                return false;
            }
        }

        foreach (var value in bytes)
        {
            AddSymbol(model.IdOfByte(value));
        }

        return true;
    }

    private void EndUnknown(ref bool hasUnknown)
    {
        if (hasUnknown)
        {
            AddSymbol(model.Options.UnknownId);
            hasUnknown = false;
        }
    }

    private void AddSymbol(int id) =>
        symbols.Add(new Symbol { Id = id, Previous = symbols.Count - 1, Next = symbols.Count + 1 });

    // A token of the word; removed ones stay in place, so that positions keep their meaning.
    private struct Symbol
    {
        public const int Gone = -1;

        public int Id;
        public int Previous;
        public int Next;
    }
}
