using MoR.Coordinator.Evaluation;
using MoR.Coordinator.Models;
using MoR.Model.Adapters;
using MoR.Model.Backbone;

namespace MoR.Coordinator.Memory;

/// <summary>What <c>mor evaluate</c> and <c>mor generate</c> need.</summary>
internal static class InferenceMemory
{
    /// <summary>The plan of a command.</summary>
    /// <param name="source">Backbone and adapter.</param>
    /// <param name="backbone">The backbone's folder.</param>
    /// <param name="spec">The adapter.</param>
    /// <param name="sizes">What is scored or generated.</param>
    /// <param name="remedy">What makes the activations smaller.</param>
    public static MemoryPlan Plan(
        ModelSource source, BackboneFolder backbone, AdapterSpec spec, IEnumerable<EvaluationSizes> sizes, string remedy)
    {
        var (weights, mapped) = WeightPart.Of(backbone, source.Dtype, "--dtype");
        var bytes = WeightPart.ComputeBytes(source.Dtype);
        return new MemoryPlan(
            [
                MemoryPlan.Program,
                weights,
                new("adapter", bytes * new AdapterLayout(backbone.Config, spec).Length),
                new(
                    "activations up to",
                    bytes * sizes.Max(size => Activations(backbone.Config, spec, size, LikelihoodScorer.DefaultWindow, source.Threads)),
                    remedy),
            ],
            mapped);
    }

    /// <summary>Values of the micro-batches in flight, or of generating with caches if those are more.</summary>
    public static long Activations(LlamaConfig config, AdapterSpec spec, EvaluationSizes sizes, int window, int threads) => Math.Max(
        sizes.Scoring
            .Select(size => Memory.Activations.Inference(config, spec, size, threads, generates: false))
            .OrderDescending().Take(window).Sum(),
        sizes.Generation
            .Select(size => Memory.Activations.Inference(config, spec, size.Prompt, threads, generates: true)
                + Memory.Activations.Sampling(config, size.Prompt.Sequences)
                + Memory.Activations.Cache(config, size.CacheTokens))
            .DefaultIfEmpty().Max());
}
