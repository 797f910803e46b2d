using MoR.Cluster.Random;
using MoR.Coordinator.Skills;

namespace MoR.Coordinator.Pretraining.Corpora;

/// <summary>
/// Small operations on words, letters and numbers in the form <c>name input = output</c>, several lines of one operation:
/// copying, positions, neighbours, counting. None of the demo's skills is among them.
/// </summary>
public sealed class OperationCorpus : ICorpus
{
    private static readonly (string Name, Lines.Writer Line)[] Operations =
    [
        ("copy", OnWord(word => word)),
        ("first", OnWord(word => word[..1])),
        ("last", OnWord(word => word[^1..])),
        ("tail", OnWord(word => word[1..])),
        ("init", OnWord(word => word[..^1])),
        ("spell", OnWord(word => string.Join(' ', word.AsEnumerable()))),
        ("upper", OnWord(word => word.ToUpperInvariant())),
        ("twice", OnWord(word => word + word)),
        ("length", OnWord(word => $"{word.Length}")),
        ("rotate", OnWord(word => word[1..] + word[0])),
        ("swap", OnWord(word => $"{word[1]}{word[0]}{word[2..]}")),
        ("skip", OnWord(word => string.Concat(word.Where((_, index) => index % 2 == 0)))),
        ("join", Join),
        ("pair", Pair),
        ("nth", (ref CounterRandom random) => AtPosition(ref random, fromEnd: false)),
        ("end", (ref CounterRandom random) => AtPosition(ref random, fromEnd: true)),
        ("member", Member),
        ("without", (ref CounterRandom random) => OnOneLetter(ref random, "")),
        ("mark", (ref CounterRandom random) => OnOneLetter(ref random, "*")),
        ("after", (ref CounterRandom random) => Neighbour(ref random, after: true)),
        ("before", (ref CounterRandom random) => Neighbour(ref random, after: false)),
        ("next", (ref CounterRandom random) => Step(ref random, 1)),
        ("prev", (ref CounterRandom random) => Step(ref random, -1)),
        ("less", Less),
        ("digits", Digits),
        ("tens", Tens),
    ];

    /// <inheritdoc/>
    public string Name => "operations";

    /// <inheritdoc/>
    public string Document(CounterRandom random)
    {
        var (name, line) = random.NextOf<(string Name, Lines.Writer Line)>(Operations);
        return Lines.Of(ref random, 2, 6, (ref CounterRandom source) => $"{name} {line(ref source)}");
    }

    private static Lines.Writer OnWord(Func<string, string> operation) => (ref CounterRandom random) =>
    {
        var word = random.NextWord(2, 7);
        return $"{word} = {operation(word)}";
    };

    private static string Join(ref CounterRandom random)
    {
        var word = random.NextWord(2, 7);
        return $"{string.Join(' ', word.AsEnumerable())} = {word}";
    }

    private static string Pair(ref CounterRandom random)
    {
        var (left, right) = (random.NextWord(1, 4), random.NextWord(1, 4));
        return $"{left} {right} = {right} {left}";
    }

    private static string AtPosition(ref CounterRandom random, bool fromEnd)
    {
        var word = random.NextWord(3, 7);
        var position = random.NextFrom(1, word.Length);
        return $"{position} {word} = {(fromEnd ? word[^position] : word[position - 1])}";
    }

    private static string Member(ref CounterRandom random)
    {
        var word = random.NextWord(2, 7);
        var letter = random.NextBelow(2) == 0 ? random.NextOf(word.AsSpan()) : random.NextLetter();
        return $"{letter} {word} = {(word.Contains(letter, StringComparison.Ordinal) ? "yes" : "no")}";
    }

    private static string OnOneLetter(ref CounterRandom random, string replacement)
    {
        var word = random.NextWord(3, 7);
        var letter = random.NextOf(word.AsSpan()).ToString();
        return $"{letter} {word} = {word.Replace(letter, replacement, StringComparison.Ordinal)}";
    }

    private static string Neighbour(ref CounterRandom random, bool after)
    {
        var word = random.NextDistinctLetters(random.NextFrom(3, 7));
        var left = random.NextBelow(word.Length - 1);
        var (asked, answer) = after ? (word[left], word[left + 1]) : (word[left + 1], word[left]);
        return $"{asked} {word} = {answer}";
    }

    private static string Step(ref CounterRandom random, int step)
    {
        if (random.NextBelow(2) == 0)
        {
            var letter = random.NextLetter();
            return $"{letter} = {Alphabet.After(letter, step)}";
        }

        var number = random.NextFrom(1, 130);
        return $"{number} = {number + step}";
    }

    private static string Less(ref CounterRandom random)
    {
        if (random.NextBelow(2) == 0)
        {
            var letters = random.NextDistinctLetters(2);
            return $"{letters[0]} {letters[1]} = {letters.Min()}";
        }

        var (left, right) = (random.NextFrom(0, 130), random.NextFrom(0, 130));
        return $"{left} {right} = {Math.Min(left, right)}";
    }

    private static string Digits(ref CounterRandom random)
    {
        var number = random.NextFrom(10, 199);
        return $"{number} = {string.Join(' ', $"{number}".AsEnumerable())}";
    }

    private static string Tens(ref CounterRandom random)
    {
        var number = random.NextFrom(0, 120);
        return $"{number} = {number + 10}";
    }
}
