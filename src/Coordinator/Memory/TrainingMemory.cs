using MoR.Coordinator.Configuration;
using MoR.Coordinator.Models;
using MoR.Coordinator.Training;
using MoR.Model.Adapters;

namespace MoR.Coordinator.Memory;

/// <summary>What <c>mor train</c> needs.</summary>
internal static class TrainingMemory
{
    /// <summary>The plan of a run.</summary>
    public static MemoryPlan Plan(Recipe recipe, BackboneFolder backbone, AdapterLayout layout, TrainingData data)
    {
        var (weights, mapped) = WeightPart.Of(backbone, recipe.Backbone.Dtype, "backbone.dtype");
        long bytes = WeightPart.ComputeBytes(recipe.Backbone.Dtype);
        long inFlight = recipe.Training.MicroBatchesInFlight;
        var vector = bytes * layout.Length;
        return new MemoryPlan(
            [
                MemoryPlan.Program,
                weights,
                new("adapter and moments", 3 * vector, "Lower experts.count or experts.rank."),
                new("gradients", (inFlight + 1) * vector, "Lower training.window, experts.count or experts.rank."),
                Activations(recipe, backbone, layout.Spec, data, inFlight),
            ],
            mapped);
    }

    /// <summary>Of a step, of an evaluation or of the fixed batch's loss: they are never in memory together.</summary>
    private static MemoryPart Activations(
        Recipe recipe, BackboneFolder backbone, AdapterSpec spec, TrainingData data, long inFlight)
    {
        long bytes = WeightPart.ComputeBytes(recipe.Backbone.Dtype);
        long sequences = Math.Min(recipe.Training.MicroBatchSequences, recipe.Training.BatchSequences);
        var size = new PassSize(
            sequences,
            data.Set.Sequences.Max(sequence => sequence.Tokens.Length),
            sequences * data.Set.Sequences.Max(sequence => sequence.SupervisedTokens));
        var step = inFlight * bytes * Memory.Activations.Training(backbone.Config, spec, size);
        var evaluation = data.Evaluation
            .Select(task => Scoring(EvaluationSizes.Of(backbone.Config, task)))
            .DefaultIfEmpty().Max();
        var fixedBatch = Scoring(EvaluationSizes.OfScoring(data.FixedBatch()));
        MemoryPart[] moments =
        [
            new("activations up to", step, "Lower training.window, training.micro_batch_sequences or data.max_tokens."),
            new("activations of the evaluation up to", evaluation, "Lower data.max_tokens, or give --no-eval."),
            new("activations of the first and last loss up to", fixedBatch, "Lower training.window or data.max_tokens."),
        ];
        return moments.MaxBy(part => part.Bytes)!;

        long Scoring(EvaluationSizes sizes) =>
            bytes * InferenceMemory.Activations(backbone.Config, spec, sizes, recipe.Training.Window);
    }
}
