using MoR.Model.Adapters;
using MoR.Model.Backbone;

namespace MoR.Coordinator.Memory;

/// <summary>
/// How many values one micro-batch holds at its worst moment, counted from what <c>Segments</c> keeps, and a fifth more for
/// what the allocator cannot use again: resident memory was 0.96 to 1.19 times the count (docs/LOG.md, 2026-11-24).
/// </summary>
internal static class Activations
{
    private const int SlackDivisor = 5;

    /// <summary>Values of a micro-batch in training: all layers stay until the end of its backward pass.</summary>
    public static long Training(LlamaConfig config, AdapterSpec spec, PassSize size)
    {
        var (inputs, outputs, shipped, returned) = Widths(config, spec);
        var (queries, keys) = (config.Heads * (long)config.HeadSize, config.KeyValueHeads * (long)config.HeadSize);

        // Always there: y of each linear, x of each dispatch point, the rows that were shipped, and the dropout mask.
        var kept = outputs + inputs + shipped + (spec.Experts.Dropout > 0 ? inputs : 0);

        // At the end of the forward pass what autograd saved: rotated queries and keys, two residual streams, the sigmoid and
        // its product, and the attention's probabilities.
        var saved = queries + keys + (2L * config.HiddenSize) + (2L * config.IntermediateSize) + (config.Heads * size.Longest);

        // At the end of the backward pass, in its place, the gradients of y and x and of the rows that came back.
        var gradients = outputs + inputs + returned;
        var perLayer = size.Tokens * (kept + Math.Max(saved, gradients));
        return WithSlack((config.Layers * perLayer) + OneLayer(config, size, inputs, outputs) + Head(config, size, copies: 3));
    }

    /// <summary>Values of a micro-batch without a backward pass: a layer is freed when the next one has read it.</summary>
    public static long Inference(LlamaConfig config, AdapterSpec spec, PassSize size)
    {
        var (inputs, outputs, shipped, returned) = Widths(config, spec);
        return WithSlack((2 * size.Tokens * (outputs + inputs + shipped + returned))
            + OneLayer(config, size, inputs, outputs) + Head(config, size, copies: 2));
    }

    /// <summary>What the choice of the next tokens takes: the logits of each sequence twice, in float64.</summary>
    public static long Sampling(LlamaConfig config, long sequences) => 2 * 2L * config.VocabularySize * sequences;

    /// <summary>Values of the keys and values of so many tokens.</summary>
    public static long Cache(LlamaConfig config, long tokens) =>
        2L * config.Layers * config.KeyValueHeads * config.HeadSize * tokens;

    /// <summary>Per token: inputs of the dispatch points, outputs of the linears, rows shipped to experts and back.</summary>
    private static (long Inputs, long Outputs, long Shipped, long Returned) Widths(LlamaConfig config, AdapterSpec spec)
    {
        var copies = spec.IsPlainLora ? 1 : Math.Min(spec.Router.TopK, spec.Experts.Shards);
        long inputs = 0, outputs = 0, shipped = 0, returned = 0;
        foreach (var site in Enum.GetValues<Site>())
        {
            var linears = new DispatchPoint(0, site).Linears;
            var targets = linears.Where(spec.Experts.Targets.Contains).ToArray();
            inputs += config.InputWidth(site);
            outputs += linears.Sum(linear => (long)config.OutputWidth(linear));
            shipped += targets.Length > 0 ? copies * config.InputWidth(site) : 0;
            returned += copies * targets.Sum(linear => (long)config.OutputWidth(linear));
        }

        return (inputs, outputs, shipped, returned);
    }

    /// <summary>What the layer at work has beside it: temporary results, and three copies of the attention's scores.</summary>
    private static long OneLayer(LlamaConfig config, PassSize size, long inputs, long outputs) =>
        (size.Tokens * (inputs + outputs)) + (3L * config.Heads * size.Sequences * size.Longest * size.Longest);

    private static long WithSlack(long values) => values + (values / SlackDivisor);

    private static long Head(LlamaConfig config, PassSize size, int copies) =>
        size.Rows * ((copies * (long)config.VocabularySize) + config.HiddenSize);
}
