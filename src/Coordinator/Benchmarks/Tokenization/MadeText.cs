using System.Text;
using MoR.Cluster.Random;

namespace MoR.Coordinator.Benchmarks.Tokenization;

/// <summary>
/// Text that any clone can make: a lexicon of made words, taken as often as words are (the n-th of them in proportion to 1/n;
/// Zipf 1949), with capitals, numbers, punctuation, accents and other scripts between.
/// </summary>
internal static class MadeText
{
    private const ulong Seed = 1;
    private const ulong Stream = 0x54455854; // "TEXT"
    private const int Words = 20_000;
    private const int SentenceWords = 12;
    private const int DocumentSentences = 12;

    private static readonly string[] Onsets =
        ["b", "br", "c", "ch", "d", "f", "g", "gr", "h", "k", "l", "m", "n", "p", "pr", "r", "s", "sh", "st", "t", "th", "v", "w"];

    private static readonly string[] Vowels = ["a", "e", "i", "o", "u", "ea", "ou", "ai", "é", "ü"];
    private static readonly string[] Codas = ["", "", "", "n", "r", "s", "t", "l", "nd", "ng", "st"];
    private static readonly string[] Foreign = ["日本語", "Москва", "ελληνικά", "😀", "naïve", "—"];

    /// <summary>Documents of some thousand characters.</summary>
    public static IReadOnlyList<string> Documents(int count)
    {
        var random = new CounterRandom(Seed, Stream);
        var lexicon = new string[Words];
        for (var i = 0; i < Words; i++)
        {
            lexicon[i] = Word(ref random, 1 + random.NextBelow(3));
        }

        var documents = new string[count];
        for (var i = 0; i < count; i++)
        {
            documents[i] = Document(ref random, lexicon);
        }

        return documents;
    }

    private static string Document(ref CounterRandom random, string[] lexicon)
    {
        var text = new StringBuilder();
        for (var sentence = 0; sentence < DocumentSentences; sentence++)
        {
            for (var word = 0; word < SentenceWords; word++)
            {
                var next = Next(ref random, lexicon);
                text.Append(word == 0 ? char.ToUpperInvariant(next[0]) + next[1..] : next);
                text.Append(word == SentenceWords - 1 ? ". " : random.NextBelow(10) == 0 ? ", " : " ");
            }

            if (random.NextBelow(4) == 0)
            {
                text.Append('\n');
            }
        }

        return text.ToString();
    }

    private static string Next(ref CounterRandom random, string[] lexicon) => random.NextBelow(50) switch
    {
        0 => $"{random.NextBelow(10_000)}",
        1 => Foreign[random.NextBelow(Foreign.Length)],

        // The integral of 1/n is the logarithm, so its inverse draws n with that density.
        _ => lexicon[(int)Math.Pow(Words, random.NextDouble()) - 1],
    };

    private static string Word(ref CounterRandom random, int syllables)
    {
        var word = new StringBuilder();
        for (var i = 0; i < syllables; i++)
        {
            word.Append(Onsets[random.NextBelow(Onsets.Length)])
                .Append(Vowels[random.NextBelow(Vowels.Length)])
                .Append(Codas[random.NextBelow(Codas.Length)]);
        }

        return word.ToString();
    }
}
