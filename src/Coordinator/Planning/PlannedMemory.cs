using MoR.Coordinator.Memory;
using MoR.Model.Adapters;
using MoR.Model.Backbone;

namespace MoR.Coordinator.Planning;

/// <summary>Memory of each process, from the parts that <c>mor train</c> plans with; weights count as if none were mapped.</summary>
internal static class PlannedMemory
{
    private const int BytesPerValue = 4;

    /// <summary>The coordinator, which owns every parameter and evaluates, whoever trains.</summary>
    public static MemoryPlan Coordinator(PlannedRun run, NodeRole role, int nodes, bool isLocal, int threads)
    {
        var layout = new AdapterLayout(run.Config, run.Spec);
        var isWorkers = role == NodeRole.Worker;
        long places = isWorkers ? nodes + 1 : 1;
        return new MemoryPlan(
            [
                MemoryPlan.Program,
                Weights(run),
                .. TrainingMemory.Vectors(layout, BytesPerValue, places * run.InFlight, run.MicroBatches),
                .. isWorkers && isLocal ? [] : (MemoryPart[])[Activations(run, threads, run.InFlight)],
            ],
            Mapped: 0);
    }

    /// <summary>The fullest node.</summary>
    public static MemoryPlan Node(PlannedRun run, NodeRole role, int nodes, int threads)
    {
        var layout = new AdapterLayout(run.Config, run.Spec);
        if (role == NodeRole.Worker)
        {
            return new MemoryPlan(
                [
                    MemoryPlan.Program,
                    Weights(run),
                    new(
                        "adapter and gradients",
                        (1L + run.InFlight) * BytesPerValue * layout.Length,
                        "Lower experts.count or experts.rank."),
                    Activations(run, threads, run.InFlight),
                ],
                Mapped: 0);
        }

        var shards = run.Spec.Experts.Shards;
        var held = Math.Min(1, StepArithmetic.BusiestShare(shards, nodes) * run.Replicas);
        var experts = BytesPerValue * (layout.ShardOffsets[^1] - layout.ShardOffsets[0]);
        return new MemoryPlan(
            [
                MemoryPlan.Program,
                new("shards", (long)(held * experts), "Raise experts.shards and take more nodes."),
                new("rows kept for the backward pass", (long)(held * run.InFlight * KeptRows(run)), "Lower training.window."),
            ],
            Mapped: 0);
    }

    private static MemoryPart Weights(PlannedRun run) => new(
        "weights",
        run.WeightBytes * KnownBackbones.Parameters(run.Config),
        run.WeightBytes > 2 ? "Set backbone.dtype to bf16." : "Take a smaller backbone.");

    private static MemoryPart Activations(PlannedRun run, int threads, int inFlight) => new(
        "activations up to",
        BytesPerValue * inFlight * Memory.Activations.Training(
            run.Config, run.Spec, run.Size with { Sequences = 1, Longest = Tokens(run) }, run.Recompute, threads),
        "Lower training.window or training.micro_batch_sequences.");

    private static long Tokens(PlannedRun run) => (long)Math.Ceiling(run.MicroBatchTokens);

    /// <summary>Bytes of the rows that one micro-batch's requests carried.</summary>
    private static double KeptRows(PlannedRun run) => run.MicroBatchTokens * run.Config.Layers * Enum.GetValues<Site>()
        .Sum(site => (double)Training.TokenTraffic.At(run.Config, run.Spec, run.Wire, site).Rows);
}
