using MoR.Coordinator.Cluster;
using MoR.Coordinator.Configuration;
using MoR.Coordinator.Data;
using MoR.Coordinator.Models;
using MoR.Coordinator.Training;
using MoR.Model.Adapters;

namespace MoR.Coordinator.Memory;

/// <summary>What <c>mor train</c> needs.</summary>
internal static class TrainingMemory
{
    /// <summary>Beyond so many steps another hardly holds more, and a plan is to be there at once.</summary>
    private const int MostSteps = 4096;

    /// <summary>The plan of a run.</summary>
    public static MemoryPlan Plan(
        Recipe recipe, BackboneFolder backbone, AdapterLayout layout, TrainingData data, ClusterPlan? cluster = null)
    {
        var (weights, mapped) = WeightPart.Of(backbone, recipe.Backbone.Dtype, "backbone.dtype");
        long bytes = WeightPart.ComputeBytes(recipe.Backbone.Dtype);
        long inFlight = recipe.Training.MicroBatchesInFlight;
        var activations = Activations(recipe, backbone, layout.Spec, data, inFlight);
        var (workers, places) = (cluster?.LocalWorkers ?? 0, 1 + (cluster?.MostWorkers ?? 0));
        return new MemoryPlan(
            [
                MemoryPlan.Program,
                weights,
                .. Vectors(layout, bytes, inFlight * places, recipe.Training.MicroBatchesPerStep),
                activations,
                .. workers > 0
                    ? [Workers(workers, weights.Bytes + ((1 + inFlight) * bytes * layout.Length) + activations.Bytes)]
                    : Array.Empty<MemoryPart>(),
            ],
            mapped);
    }

    /// <summary>Workers on this machine: each has the parameters, and gradients and activations of a window of its own. Weights that are
    /// mapped are in memory once.</summary>
    private static MemoryPart Workers(int count, long each) =>
        new($"{count} workers here", count * (each + MemoryPlan.Program.Bytes), "Lower --nodes.");

    /// <summary>What a step has of every trained value: the value, two moments, and the gradient of each micro-batch in flight
    /// beside the sum so far, where there are more than these.</summary>
    public static MemoryPart[] Vectors(AdapterLayout layout, long bytes, long inFlight, long microBatches) =>
    [
        new("adapter and moments", 3 * bytes * layout.Length, "Lower experts.count or experts.rank."),
        new(
            "gradients",
            Math.Min(inFlight + 1, microBatches) * bytes * layout.Length,
            inFlight > 1 ? "Lower training.window." : "Lower experts.count or experts.rank."),
    ];

    /// <summary>Of a step, of an evaluation or of the fixed batch's loss: they are never in memory together.</summary>
    private static MemoryPart Activations(
        Recipe recipe, BackboneFolder backbone, AdapterSpec spec, TrainingData data, long inFlight)
    {
        long bytes = WeightPart.ComputeBytes(recipe.Backbone.Dtype);
        var step = bytes * LargestStep(recipe, data, inFlight, size => Memory.Activations.Training(
            backbone.Config, spec, size, recipe.Training.Recompute, recipe.Numerics.EffectiveThreads));
        var evaluation = data.Evaluation
            .Select(task => Scoring(EvaluationSizes.Of(backbone.Config, task)))
            .DefaultIfEmpty().Max();
        var fixedBatch = Scoring(EvaluationSizes.OfScoring(data.FixedBatch()));
        MemoryPart[] moments =
        [
            new(
                "activations up to",
                step,
                (recipe.Training.Recompute ? "" : "Set training.recompute to true. ")
                    + "Lower training.window, training.micro_batch_sequences or data.max_tokens."),
            new("activations of the evaluation up to", evaluation, "Lower data.max_tokens, or give --no-eval."),
            new("activations of the first and last loss up to", fixedBatch, "Lower training.window or data.max_tokens."),
        ];
        return moments.MaxBy(part => part.Bytes)!;

        long Scoring(EvaluationSizes sizes) =>
            bytes * InferenceMemory.Activations(backbone.Config, spec, sizes, recipe.Training.Window, recipe.Numerics.EffectiveThreads);
    }

    /// <summary>
    /// The most that the micro-batches in flight hold together, over the steps of the run's first epoch; the longest sequences
    /// of a step come first.
    /// </summary>
    private static long LargestStep(Recipe recipe, TrainingData data, long inFlight, Func<PassSize, long> activations)
    {
        var steps = (int)Math.Min(recipe.Training.Steps, Math.Min(MostSteps, Math.Ceiling(data.Schedule.StepsPerEpoch)));
        return Enumerable.Range(0, steps).Max(step => data.Schedule.MicroBatches(step)
            .Take((int)inFlight)
            .Sum(microBatch => activations(SizeOf(microBatch))));

        PassSize SizeOf(MicroBatch microBatch) => new(
            Sequences: 1,
            microBatch.Sequences.Sum(index => (long)data.Set.Sequences[index].Tokens.Length),
            microBatch.Sequences.Sum(index => (long)data.Set.Sequences[index].SupervisedTokens));
    }
}
