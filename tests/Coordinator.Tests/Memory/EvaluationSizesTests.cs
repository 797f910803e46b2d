using MoR.Coordinator.Evaluation;
using MoR.Coordinator.Generation;
using MoR.Coordinator.Memory;
using MoR.Model.Adapters;
using MoR.Model.Backbone;
using MoR.Model.Routing;

namespace MoR.Coordinator.Tests.Memory;

public sealed class EvaluationSizesTests
{
    private static readonly LlamaConfig Config = new()
    {
        HiddenSize = 16,
        IntermediateSize = 24,
        Layers = 2,
        Heads = 4,
        KeyValueHeads = 2,
        HeadSize = 4,
        VocabularySize = 32,
        MaxPositions = 1024,
        NormEpsilon = 1e-5,
        RopeTheta = 100,
        TiedEmbeddings = false,
        EndOfText = [0],
    };

    [Fact]
    public void Scored_texts_count_in_the_batches_they_go_in_and_what_reads_the_same_is_read_once()
    {
        ScoredSequence yes = new([1, 2, 3, 4], 3), no = yes with { Tokens = [1, 2, 3, 5] };
        ScoredSequence[] longTexts = [new(new int[1500], 1000), new(new int[600], 100)];

        var sizes = EvaluationSizes.OfScoring([yes, .. longTexts, no]);

        PassSize[] expected = [new(1, 1500, 500), new(1, 604, 502)];
        Assert.Equal(expected, sizes.Scoring);
        Assert.Empty(EvaluationSizes.OfScoring([]).Scoring);
    }

    [Fact]
    public void Texts_that_are_continued_together_have_their_caches_together()
    {
        var sizes = EvaluationSizes.OfGeneration(Config, [.. Enumerable.Repeat(Prompt(tokens: 100, newTokens: 412), 5)]);

        GenerationSize[] expected = [new(new PassSize(4, 100, 4), 2048), new(new PassSize(1, 100, 1), 512)];
        Assert.Equal(expected, sizes.Generation);
    }

    [Fact]
    public void A_cache_ends_with_the_positions_and_one_text_goes_however_long()
    {
        var config = Config with { MaxPositions = 4096 };

        var alone = EvaluationSizes.OfGeneration(config, [Prompt(3000, 500)]).Generation;
        var cut = EvaluationSizes.OfGeneration(Config, [Prompt(1000, 500)]).Generation;

        Assert.Equal((1, 3000L, 3500L), (alone.Count, alone[0].Prompt.Longest, alone[0].CacheTokens));
        Assert.Equal(1024, Assert.Single(cut).CacheTokens);
    }

    [Fact]
    public void The_largest_batch_of_generation_decides_and_holds_all_its_caches()
    {
        int[] ones = [1, 1];
        var spec = new AdapterSpec(
            new ExpertSpec { CountPerLayer = ones, RankPerLayer = ones, Targets = [] },
            new RouterSpec { Kind = RouterCatalogue.None });
        long perToken = 2L * Config.Layers * Config.KeyValueHeads * Config.HeadSize;

        var one = Values(Prompt(8, 120));
        var four = Values([.. Enumerable.Repeat(Prompt(8, 120), 4)]);
        var many = Values([.. Enumerable.Repeat(Prompt(8, 120), 40)]);

        Assert.True(one > 128 * perToken);
        Assert.InRange(four - one, 3 * 128 * perToken, 4 * one);
        Assert.Equal(Values([.. Enumerable.Repeat(Prompt(8, 120), 16)]), many);

        long Values(params (int[], SamplingOptions)[] prompts) =>
            InferenceMemory.Activations(Config, spec, EvaluationSizes.OfGeneration(Config, prompts), window: 2, threads: 2);
    }

    private static (int[] Tokens, SamplingOptions Options) Prompt(int tokens, int newTokens) =>
        (new int[tokens], new SamplingOptions { MaxNewTokens = newTokens });
}
