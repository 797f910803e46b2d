using MoR.Coordinator.Configuration;
using MoR.Model.Adapters;
using MoR.Model.Backbone;

namespace MoR.Coordinator.Training;

/// <summary>
/// About how much memory a run takes, in bytes. Weights, parameters and moments are exact; activations count the values that
/// autograd keeps per token and layer, and are an estimate.
/// </summary>
internal sealed class MemoryEstimate
{
    private const double MiB = 1 << 20;

    public MemoryEstimate(Recipe recipe, LlamaConfig config, AdapterLayout layout, TrainingData data)
    {
        long bytes = recipe.Backbone.Dtype == RecipeDtype.F64 ? 8 : 4;
        var linears = Enum.GetValues<Linear>().Sum(linear => (long)config.InputWidth(linear) * config.OutputWidth(linear));
        Backbone = bytes * ((config.Layers * (linears + (2L * config.HiddenSize))) + config.HiddenSize
            + ((long)config.VocabularySize * config.HiddenSize * (config.TiedEmbeddings ? 1 : 2)));
        Adapter = bytes * layout.Length * 3;
        Gradients = bytes * layout.Length * (recipe.Training.Window + 1);

        // Per token and layer: two norms (5 D each), attention inputs and rotations (6 H·C), SwiGLU (6 F), the rows that
        // are shipped, and y of each linear; scores of the longest sequence on top.
        var copies = layout.Spec.IsPlainLora ? 1 : Math.Min(layout.Spec.Router.TopK, layout.Spec.Experts.Shards);
        var shipped = Enum.GetValues<Site>().Sum(site => (long)config.InputWidth(site)) * copies;
        var outputs = Enum.GetValues<Linear>().Sum(linear => (long)config.OutputWidth(linear)) * 2;
        var perToken = (10L * config.HiddenSize) + (6L * config.Heads * config.HeadSize) + (6L * config.IntermediateSize)
            + shipped + outputs;
        long longest = data.Set.Sequences.Max(sequence => sequence.Tokens.Length);
        var tokens = longest * recipe.Training.MicroBatchSequences;
        var scores = 3L * recipe.Training.MicroBatchSequences * config.Heads * longest * longest;
        Activations = bytes * recipe.Training.Window * config.Layers * ((tokens * perToken) + scores);
    }

    /// <summary>Frozen weights.</summary>
    public long Backbone { get; }

    /// <summary>Parameters and both moments.</summary>
    public long Adapter { get; }

    /// <summary>One gradient per micro-batch in flight, and their sum.</summary>
    public long Gradients { get; }

    /// <summary>Activations of the micro-batches in flight, at the longest sequence.</summary>
    public long Activations { get; }

    /// <summary>All of it.</summary>
    public long Total => Backbone + Adapter + Gradients + Activations;

    /// <inheritdoc/>
    public override string ToString() =>
        $"backbone {Backbone / MiB:F0}, adapter and moments {Adapter / MiB:F0}, gradients {Gradients / MiB:F0}, "
        + $"activations up to {Activations / MiB:F0}";
}
