using MoR.Coordinator.Configuration.Pretraining;
using MoR.Coordinator.Evaluation;
using MoR.Model.Backbone;
using MoR.Model.Pretraining;

namespace MoR.Coordinator.Memory;

/// <summary>What <c>mor pretrain</c> needs.</summary>
internal static class PretrainingMemory
{
    private const int BytesPerValue = 4;

    /// <summary>The plan of a run.</summary>
    public static MemoryPlan Plan(PretrainingRecipe recipe, BackboneLayout layout)
    {
        long inFlight = recipe.Training.MicroBatchesInFlight;
        var vector = BytesPerValue * layout.Length;
        return new MemoryPlan(
            [
                MemoryPlan.Program,
                new("backbone and moments", 3 * vector, "Lower model.layers or model.hidden_size."),
                new("gradients", (inFlight + 1) * vector, "Lower training.window, model.layers or model.hidden_size."),
                new(
                    "activations up to",
                    BytesPerValue * Math.Max(
                        inFlight * Activations(recipe, layout.Config, TrainingTokens(recipe)),
                        recipe.Training.Window * Activations(recipe, layout.Config, ScoringTokens(recipe))),
                    "Lower training.window, training.micro_batch_sequences or data.max_tokens."),
            ],
            Mapped: 0);
    }

    private static long TrainingTokens(PretrainingRecipe recipe) =>
        (long)recipe.Data.MaxTokens * Math.Min(recipe.Training.MicroBatchSequences, recipe.Training.BatchSequences);

    private static long ScoringTokens(PretrainingRecipe recipe) =>
        Math.Max(LikelihoodScorer.BatchTokens, recipe.Data.MaxTokens);

    /// <summary>
    /// Values of a micro-batch, at the longest sequences; an estimate. Training keeps them for the backward pass, scoring until
    /// the pass ends.
    /// </summary>
    private static long Activations(PretrainingRecipe recipe, LlamaConfig config, long tokens)
    {
        var linears = Enum.GetValues<Linear>().Sum(linear => (long)config.OutputWidth(linear));
        var perToken = (10L * config.HiddenSize) + (6L * config.Heads * config.HeadSize)
            + (6L * config.IntermediateSize) + linears + (3L * config.Heads * recipe.Data.MaxTokens);
        return (config.Layers * tokens * perToken) + (tokens * config.VocabularySize * 4);
    }
}
