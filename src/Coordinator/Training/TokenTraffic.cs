using MoR.Model.Adapters;
using MoR.Model.Backbone;

namespace MoR.Coordinator.Training;

/// <summary>
/// Bytes per token between coordinator and expert nodes, forward; backward costs the same. Each row goes once to every shard
/// that one of its experts belongs to, counted as top-k different shards, and Δ rows come back per linear, in float32.
/// </summary>
/// <param name="ForwardBytes">Rows out and Δ rows back, over all layers.</param>
internal sealed record TokenTraffic(double ForwardBytes)
{
    private const int BytesPerValue = 4;
    private const int BitsPerByte = 8;

    /// <summary>The arithmetic for an adapter.</summary>
    public static TokenTraffic Of(LlamaConfig config, AdapterSpec spec)
    {
        var copies = spec.IsPlainLora ? 1 : Math.Min(spec.Router.TopK, spec.Experts.Shards);
        var perLayer = Enum.GetValues<Site>()
            .Select(site => new DispatchPoint(0, site).Linears.Where(spec.Experts.Targets.Contains).ToList())
            .Where(linears => linears.Count > 0)
            .Sum(linears => config.InputWidth(linears[0]) + linears.Sum(config.OutputWidth));
        return new TokenTraffic((double)perLayer * copies * BytesPerValue * config.Layers);
    }

    /// <summary>Tokens per second that a link of <paramref name="bitsPerSecond"/> each way carries in training: forward
    /// and backward move the same bytes.</summary>
    public double TokensPerSecond(double bitsPerSecond) => bitsPerSecond / BitsPerByte / ForwardBytes;
}
