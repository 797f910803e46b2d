using System.Text.Json.Nodes;

namespace MoR.Coordinator.Benchmarks.Tokenization;

/// <summary>
/// Gives a byte-level <c>tokenizer.json</c> without merges the merges that a text asks for, most frequent pair first (Sennrich et
/// al. 2016): no tokenizer of a useful size comes with the program.
/// </summary>
internal static class LearnedTokenizer
{
    /// <summary>The content of such a file.</summary>
    /// <param name="plain">One whose tokens are single bytes.</param>
    /// <param name="words">What its pre-tokenizer makes of a text, as the vocabulary spells it, and how often.</param>
    /// <param name="merges">How many merges.</param>
    public static JsonObject Of(JsonObject plain, IReadOnlyDictionary<string, int> words, int merges)
    {
        var result = plain.DeepClone().AsObject();
        var model = result["model"]!.AsObject();
        var vocabulary = model["vocab"]!.AsObject();
        var learned = new JsonArray();
        var parts = words.OrderBy(word => word.Key, StringComparer.Ordinal)
            .Select(word => (Symbols: word.Key.Select(character => $"{character}").ToList(), Count: word.Value)).ToList();
        for (var i = 0; i < merges && MostFrequent(parts) is var (left, right); i++)
        {
            vocabulary.TryAdd(left + right, vocabulary.Count);
            learned.Add($"{left} {right}");
            foreach (var (symbols, _) in parts)
            {
                Merge(symbols, left, right);
            }
        }

        model["merges"] = learned;
        return result;
    }

    private static (string Left, string Right)? MostFrequent(List<(List<string> Symbols, int Count)> parts)
    {
        var counts = new Dictionary<(string Left, string Right), int>();
        foreach (var (symbols, count) in parts)
        {
            for (var at = 0; at + 1 < symbols.Count; at++)
            {
                var pair = (symbols[at], symbols[at + 1]);
                counts[pair] = counts.GetValueOrDefault(pair) + count;
            }
        }

        // Of equal ones the first by name, so that the file is always the same.
        return counts.Count == 0
            ? null
            : counts.OrderByDescending(pair => pair.Value)
                .ThenBy(pair => pair.Key.Left, StringComparer.Ordinal)
                .ThenBy(pair => pair.Key.Right, StringComparer.Ordinal)
                .First().Key;
    }

    private static void Merge(List<string> symbols, string left, string right)
    {
        for (var at = 0; at + 1 < symbols.Count; at++)
        {
            if (symbols[at] == left && symbols[at + 1] == right)
            {
                symbols[at] = left + right;
                symbols.RemoveAt(at + 1);
            }
        }
    }
}
