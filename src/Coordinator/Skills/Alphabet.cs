using MoR.Cluster.Random;

namespace MoR.Coordinator.Skills;

/// <summary>Random letters and choices for generated text.</summary>
internal static class Alphabet
{
    /// <summary>The letters a to z.</summary>
    public const string Letters = "abcdefghijklmnopqrstuvwxyz";

    /// <summary>A whole number from <paramref name="least"/> to <paramref name="most"/>.</summary>
    public static int NextFrom(ref this CounterRandom random, int least, int most) =>
        least + random.NextBelow(most - least + 1);

    /// <summary>One of <paramref name="items"/>.</summary>
    public static T NextOf<T>(ref this CounterRandom random, ReadOnlySpan<T> items) => items[random.NextBelow(items.Length)];

    /// <summary>A letter.</summary>
    public static char NextLetter(ref this CounterRandom random) => random.NextOf(Letters.AsSpan());

    /// <summary>A word of <paramref name="least"/> to <paramref name="most"/> letters.</summary>
    public static string NextWord(ref this CounterRandom random, int least, int most)
    {
        var word = new char[random.NextFrom(least, most)];
        for (var i = 0; i < word.Length; i++)
        {
            word[i] = random.NextLetter();
        }

        return new string(word);
    }

    /// <summary>Different letters in random order.</summary>
    public static string NextDistinctLetters(ref this CounterRandom random, int count)
    {
        var order = Enumerable.Range(0, Letters.Length).ToArray();
        random.Shuffle(order);
        return string.Concat(order.Take(count).Select(index => Letters[index]));
    }

    /// <summary>The letter <paramref name="steps"/> after <paramref name="letter"/>; a follows z.</summary>
    public static char After(char letter, int steps) =>
        Letters[(((letter - 'a' + steps) % Letters.Length) + Letters.Length) % Letters.Length];
}
