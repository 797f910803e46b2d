using MoR.Model.Routing;

namespace MoR.Coordinator.Benchmarks.Growth;

/// <summary>One size of a step that grows while the others stay, each value twice the one before.</summary>
/// <param name="Name">What grows.</param>
/// <param name="Router">The routing method.</param>
/// <param name="Values">Its values.</param>
/// <param name="At">The shape at a value.</param>
internal sealed record GrowthAxis(string Name, string Router, IReadOnlyList<int> Values, Func<int, BenchmarkShape> At)
{
    private const int Layers = 2, Length = 64;

    /// <summary>The axes around a small shape: half the given one's width, a quarter of its vocabulary, two layers.</summary>
    public static IReadOnlyList<GrowthAxis> Around(BenchmarkShape shape)
    {
        var config = shape.Config;
        var small = shape with
        {
            Sequences = 4,
            Length = Length,
            MicroBatchSequences = 2,
            Config = config with
            {
                HiddenSize = config.HiddenSize / 2,
                IntermediateSize = config.IntermediateSize / 2,
                Heads = config.Heads / 2,
                KeyValueHeads = config.Heads / 2,
                VocabularySize = config.VocabularySize / 4,
                Layers = Layers,
                MaxPositions = 16 * Length,
            },
        };
        const string topK = RouterCatalogue.TopK;
        return
        [
            // Always two micro-batches, as many as are in flight.
            new("tokens", topK, Doubled(4 * Length, 5), value => small with
            {
                Sequences = value / Length,
                MicroBatchSequences = value / Length / 2,
            }),
            new("length", topK, Doubled(Length, 5), value => small with { Length = value }),
            new("experts", topK, Doubled(8, 6), value => small with { Experts = value }),
            new("rank", topK, Doubled(8, 5), value => small with { Rank = value }),
            new("layers", topK, Doubled(1, 5), value => small with { Config = small.Config with { Layers = value } }),
            new("sub-routers", RouterCatalogue.MixtureOfRouters, Doubled(2, 5), value => small with { SubRouters = value }),
        ];
    }

    private static int[] Doubled(int first, int count) => [.. Enumerable.Range(0, count).Select(i => first << i)];
}
