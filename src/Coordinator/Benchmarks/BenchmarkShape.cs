using MoR.Model.Adapters;
using MoR.Model.Backbone;
using MoR.Model.Routing;

namespace MoR.Coordinator.Benchmarks;

/// <summary>The model and the batch of a measured step.</summary>
internal sealed record BenchmarkShape
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>The backbone.</summary>
    public required LlamaConfig Config { get; init; }

    /// <summary>Rank of an expert.</summary>
    public required int Rank { get; init; }

    /// <summary>Sequences of a step.</summary>
    public required int Sequences { get; init; }

    /// <summary>Input tokens of a sequence.</summary>
    public required int Length { get; init; }

    /// <summary>Sequences of a micro-batch.</summary>
    public required int MicroBatchSequences { get; init; }

    /// <summary>Steps of a turn: about a second of work.</summary>
    public required int StepsPerTurn { get; init; }

    /// <summary>Experts of a layer.</summary>
    public int Experts { get; init; } = 8;

    /// <summary>Experts that a token takes.</summary>
    public int TopK { get; init; } = 2;

    /// <summary>Shards of the experts, as in a recipe.</summary>
    public int Shards { get; init; } = 4;

    /// <summary>Sub-routers of a mixture of routers.</summary>
    public int SubRouters { get; init; } = 3;

    /// <summary>Input tokens of a step.</summary>
    public int Tokens => Sequences * Length;

    /// <summary>What the project states its speed for.</summary>
    public static BenchmarkShape Reference { get; } = new()
    {
        Name = "reference",
        Config = Llama(hidden: 512, layers: 6, intermediate: 1408, heads: 8, vocabulary: 4096),
        Rank = 8,
        Sequences = 4,
        Length = 128,
        MicroBatchSequences = 2,
        StepsPerTurn = 2,
    };

    /// <summary>The embedded demo's, all sequences as long as its mean.</summary>
    public static BenchmarkShape Demo { get; } = new()
    {
        Name = "demo",
        Config = Llama(hidden: 128, layers: 4, intermediate: 352, heads: 4, vocabulary: 258),
        Rank = 4,
        Sequences = 64,
        Length = 27,
        MicroBatchSequences = 32,
        StepsPerTurn = 5,
    };

    /// <summary>The adapter: experts on all seven linears, a router at each dispatch point.</summary>
    /// <param name="router">The routing method.</param>
    public AdapterSpec Adapter(string router) => new(
        new ExpertSpec
        {
            CountPerLayer = [.. Enumerable.Repeat(Experts, Config.Layers)],
            RankPerLayer = [.. Enumerable.Repeat(Rank, Config.Layers)],
            Alpha = 2 * Rank,
            Targets = Enum.GetValues<Linear>(),
            Shards = Shards,
        },
        new RouterSpec { Kind = router, Scope = RouterScope.Dispatch, TopK = TopK, SubRouters = SubRouters, BalanceLoss = 1e-3 });

    private static LlamaConfig Llama(int hidden, int layers, int intermediate, int heads, int vocabulary) => new()
    {
        HiddenSize = hidden,
        IntermediateSize = intermediate,
        Layers = layers,
        Heads = heads,
        KeyValueHeads = heads,
        HeadSize = hidden / heads,
        VocabularySize = vocabulary,
        MaxPositions = 256,
        NormEpsilon = 1e-5,
        RopeTheta = 10_000,
        TiedEmbeddings = false,
        EndOfText = [],
    };
}
