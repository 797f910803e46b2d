using MoR.Model.Adapters;
using MoR.Model.Backbone;
using MoR.Model.Segments;

namespace MoR.Coordinator.Memory;

/// <summary>
/// How many values one micro-batch holds at its worst moment, counted from what <c>Segments</c> keeps, and a twelfth more for
/// what lies between blocks: 4 to 10 % were measured (docs/PERFORMANCE.md, "What a step holds").
/// </summary>
internal static class Activations
{
    private const int SlackDivisor = 12;

    /// <summary>Values of a micro-batch in training, at the end of its forward pass or in the first layer of its backward pass.
    /// </summary>
    /// <param name="config">The backbone.</param>
    /// <param name="spec">The adapter.</param>
    /// <param name="size">The micro-batch.</param>
    /// <param name="recompute">Whether attention is computed again.</param>
    /// <param name="threads">How many chunks of the output head are computed at once.</param>
    public static long Training(LlamaConfig config, AdapterSpec spec, PassSize size, bool recompute, int threads)
    {
        var masks = spec.Experts.Dropout > 0 ? Sites.Sum(site => (long)config.InputWidth(site)) : 0;
        var attention = recompute ? 0 : config.InputWidth(Site.O) * (spec.Experts.Dropout > 0 ? 2L : 1);
        var perLayer = OfSegments(config) + masks + attention;
        return WithSlack(
            (config.Layers * size.Tokens * perLayer)
            + Math.Max(size.Tokens * WidestDispatch(config, spec), Logits(config, Math.Min(size.Rows, ChunkRows(threads))))
            + (3 * size.Rows * config.HiddenSize));
    }

    /// <summary>Values of a micro-batch without a backward pass: a layer is freed when the next one has read it.</summary>
    /// <param name="config">The backbone.</param>
    /// <param name="spec">The adapter.</param>
    /// <param name="size">The micro-batch.</param>
    /// <param name="threads">How many chunks of the output head are computed at once.</param>
    /// <param name="generates">Whether logits are kept and attention keeps its scores, as where texts are continued.</param>
    public static long Inference(LlamaConfig config, AdapterSpec spec, PassSize size, int threads, bool generates)
    {
        var perLayer = OfSegments(config) + Sites.Sum(site => (long)config.InputWidth(site));
        var scores = generates ? 3L * config.Heads * size.Sequences * size.Longest * size.Longest : 0;
        return WithSlack(
            (Math.Min(2, config.Layers) * size.Tokens * perLayer) + (size.Tokens * WidestDispatch(config, spec)) + scores
            + Logits(config, generates ? size.Rows : Math.Min(size.Rows, ChunkRows(threads)))
            + (3 * size.Rows * config.HiddenSize));
    }

    /// <summary>What the choice of the next tokens takes: the logits of each sequence twice, in float64.</summary>
    public static long Sampling(LlamaConfig config, long sequences) => 2 * 2L * config.VocabularySize * sequences;

    /// <summary>Values of the keys and values of so many tokens.</summary>
    public static long Cache(LlamaConfig config, long tokens) =>
        2L * config.Layers * config.KeyValueHeads * config.HeadSize * tokens;

    private static IEnumerable<Site> Sites => Enum.GetValues<Site>();

    /// <summary>Per token, what the segments of a layer keep beside x: the residual stream twice; q, k and v; gate and up.</summary>
    private static long OfSegments(LlamaConfig config) =>
        (2L * config.HiddenSize) + Outputs(config, Site.Qkv) + Outputs(config, Site.GateUp);

    /// <summary>Per token, what the widest dispatch has beside it: y or its gradient, and the rows that come back from the shards
    /// with the sum that they are added to.</summary>
    private static long WidestDispatch(LlamaConfig config, AdapterSpec spec)
    {
        var copies = spec.IsPlainLora ? 1 : Math.Min(spec.Router.TopK, spec.Experts.Shards);
        return Sites.Max(site =>
        {
            var returned = new DispatchPoint(0, site).Linears
                .Where(spec.Experts.Targets.Contains).Sum(linear => (long)config.OutputWidth(linear));
            return Outputs(config, site) + Math.Max(copies * returned, (copies + 1) * (long)config.InputWidth(site));
        });
    }

    private static long Outputs(LlamaConfig config, Site site) =>
        new DispatchPoint(0, site).Linears.Sum(linear => (long)config.OutputWidth(linear));

    private static long ChunkRows(int threads) => (long)threads * LanguageModelHead.ChunkRows;

    private static long Logits(LlamaConfig config, long rows) => rows * config.VocabularySize;

    private static long WithSlack(long values) => values + (values / SlackDivisor);
}
