using MoR.Coordinator.Training;
using MoR.Model.Adapters;
using MoR.Model.Backbone;
using MoR.Model.Routing;
using MoR.Torch;

namespace MoR.Coordinator.Tests.Training;

/// <summary>The arithmetic of shipping tokens.</summary>
public sealed class TokenTrafficTests
{
    private static readonly LlamaConfig Llama7B = new()
    {
        HiddenSize = 4096,
        IntermediateSize = 11008,
        Layers = 32,
        Heads = 32,
        KeyValueHeads = 32,
        HeadSize = 128,
        VocabularySize = 32000,
        MaxPositions = 4096,
        NormEpsilon = 1e-5,
        RopeTheta = 10000,
        TiedEmbeddings = false,
        EndOfText = [2],
    };

    /// <summary>Per layer and shard, rows of {q,k,v}: 4096 in and three times out, of {o}: 1 and 1, of {gate,up}: 4096 in, 11008
    /// twice out, of {down}: 11008 in and 4096 out; two shards, 32 layers. int8 adds 4 bytes to each of the 11 rows.</summary>
    [Theory]
    [InlineData(WireType.F32, 4L * Values, 74)]
    [InlineData(WireType.Bf16, 2L * Values, 148)]
    [InlineData(WireType.Int8, Values + (4L * 11 * 64), 297)]
    public void A_token_of_a_large_model_costs_what_its_rows_take(WireType wire, long bytes, long tokensPerSecond)
    {
        var spec = new AdapterSpec(
            new ExpertSpec
            {
                CountPerLayer = [.. Enumerable.Repeat(8, 32)],
                RankPerLayer = [.. Enumerable.Repeat(8, 32)],
                Targets = Enum.GetValues<Linear>(),
                Shards = 8,
            },
            new RouterSpec { TopK = 2 });

        var traffic = TokenTraffic.Of(Llama7B, spec, wire);

        Assert.Equal(bytes, traffic.ForwardBytes);
        Assert.Equal(tokensPerSecond, (long)Math.Round(traffic.TokensPerSecond(10e9)));
    }

    private const long Values = 64L * ((4 * 4096) + (2 * 4096) + 4096 + (3 * 11008) + 4096);
}
