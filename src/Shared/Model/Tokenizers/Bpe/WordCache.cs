using System.Numerics;

namespace MoR.Model.Tokenizers.Bpe;

/// <summary>
/// The tokens of words seen before: one place for each hash value, where a new word takes the place of an old one. It
/// never grows, and any number of threads use it without locks, since an entry is written whole by one reference.
/// </summary>
internal sealed class WordCache
{
    private const int FewestEntries = 64;
    private const int MostEntries = 1 << 16;

    private readonly Entry?[] entries;

    /// <param name="vocabularySize">Large vocabularies meet more different words.</param>
    public WordCache(int vocabularySize)
    {
        var size = (uint)Math.Clamp(vocabularySize, FewestEntries, MostEntries);
        entries = new Entry?[BitOperations.RoundUpToPowerOf2(size)];
    }

    /// <summary>The ids of <paramref name="word"/>, or null.</summary>
    public int[]? Find(ReadOnlySpan<char> word, out int place)
    {
        place = string.GetHashCode(word, StringComparison.Ordinal) & (entries.Length - 1);
        return Volatile.Read(ref entries[place]) is { } entry && word.SequenceEqual(entry.Word) ? entry.Ids : null;
    }

    /// <param name="place">Where <see cref="Find"/> looked for the word.</param>
    /// <param name="word">The word.</param>
    /// <param name="ids">Its ids; not changed after this.</param>
    public void Set(int place, ReadOnlySpan<char> word, int[] ids) =>
        Volatile.Write(ref entries[place], new Entry(word.ToString(), ids));

    private sealed record Entry(string Word, int[] Ids);
}
