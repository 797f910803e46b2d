using System.Globalization;
using MoR.Model.Adapters;
using MoR.Model.Backbone;
using MoR.Model.Routing;

namespace MoR.Model.Tests;

/// <summary>
/// Adapters in one line, for tables of tests: a router kind, then <c>key=value</c> words, such as
/// <c>mor scope=linear counts=2,4 rank=3,1 k=2 m=2 shards=3 targets=q_proj,v_proj balance=0.1</c>.
/// </summary>
internal static class AdapterCase
{
    /// <summary>The adapter of a line, for a backbone of <paramref name="layers"/> blocks.</summary>
    public static AdapterSpec Parse(string text, int layers)
    {
        var words = text.Split(' ');
        var values = words.Skip(1).Select(word => word.Split('=')).ToDictionary(pair => pair[0], pair => pair[1]);
        var fewest = words[0] == RouterCatalogue.None ? "1" : "4";
        var counts = (Take("counts") ?? fewest).Split(',').Select(Whole).ToArray();
        var spec = new AdapterSpec(
            new ExpertSpec
            {
                CountPerLayer = Spread(counts),
                RankPerLayer = Spread((Take("rank") ?? "3").Split(',').Select(Whole).ToArray()),
                Alpha = Number(Take("alpha") ?? "4"),
                Dropout = Number(Take("dropout") ?? "0"),
                Targets = Take("targets") is { } targets
                    ? [.. targets.Split(',').Select(name => LinearNames.Parse(name)!.Value)]
                    : Enum.GetValues<Linear>(),
                Shards = Whole(Take("shards") ?? "1"),
            },
            new RouterSpec
            {
                Kind = words[0],
                Scope = Enum.Parse<RouterScope>(Take("scope") ?? "dispatch", ignoreCase: true),
                TopK = Whole(Take("k") ?? "2"),
                SubRouters = Whole(Take("r") ?? "3"),
                TopM = Take("m") is { } m ? Whole(m) : null,
                Mixing = Enum.Parse<RouterMixing>(Take("mixing") ?? "probability", ignoreCase: true),
                BalanceLoss = Number(Take("balance") ?? "0"),
                MainBalanceLoss = Number(Take("main") ?? "0"),
                ZLoss = Number(Take("z") ?? "0"),
                Jitter = Number(Take("jitter") ?? "0"),
            });
        return values.Count == 0 ? spec : throw new ArgumentException($"unknown: {string.Join(", ", values.Keys)}");

        string? Take(string key) => values.Remove(key, out var value) ? value : null;

        int[] Spread(int[] numbers) =>
            [.. Enumerable.Range(0, layers).Select(layer => numbers[layer * numbers.Length / layers])];
    }

    private static int Whole(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
