using MoR.Model.Adapters;
using MoR.Model.Backbone;
using MoR.Torch;

namespace MoR.Coordinator.Training;

/// <summary>
/// Bytes per token between coordinator and expert nodes, forward; backward costs the same. Each row goes once to every shard
/// that one of its experts belongs to, counted as top-k different shards, and Δ rows come back per linear.
/// </summary>
/// <param name="ForwardBytes">Rows out and Δ rows back, over all layers.</param>
internal sealed record TokenTraffic(double ForwardBytes)
{
    private const int BitsPerByte = 8;

    /// <summary>The arithmetic for an adapter.</summary>
    public static TokenTraffic Of(LlamaConfig config, AdapterSpec spec, WireType wire)
    {
        var perLayer = Enum.GetValues<Site>().Select(site => At(config, spec, wire, site)).Sum(site => site.Rows + site.Deltas);
        return new TokenTraffic((double)perLayer * config.Layers);
    }

    /// <summary>Bytes of a token at one dispatch point, over all shards it goes to: x rows out, Δ rows back. Backward has
    /// ∂L/∂Δ rows out and ∂L/∂x rows back.</summary>
    public static (long Rows, long Deltas) At(LlamaConfig config, AdapterSpec spec, WireType wire, Site site)
    {
        var targets = new DispatchPoint(0, site).Linears.Where(spec.Experts.Targets.Contains).ToList();
        return targets.Count == 0
            ? (0, 0)
            : (Copies(spec) * RowBytes(config.InputWidth(site)),
                Copies(spec) * targets.Sum(linear => RowBytes(config.OutputWidth(linear))));

        long RowBytes(int width) => wire switch
        {
            WireType.Bf16 => 2L * width,
            WireType.Int8 => ITensorKernels.ScaleBytes + (long)width,
            _ => 4L * width,
        };
    }

    /// <summary>Shards that a token's rows go to.</summary>
    public static int Copies(AdapterSpec spec) => spec.IsPlainLora ? 1 : Math.Min(spec.Router.TopK, spec.Experts.Shards);

    /// <summary>Tokens per second that a link of <paramref name="bitsPerSecond"/> each way carries in training: forward
    /// and backward move the same bytes.</summary>
    public double TokensPerSecond(double bitsPerSecond) => bitsPerSecond / BitsPerByte / ForwardBytes;
}
