using MoR.Coordinator.Configuration.Reading;
using Keys = MoR.Coordinator.Configuration.Pretraining.PretrainingKeys;

namespace MoR.Coordinator.Configuration.Pretraining;

/// <summary>What keys require of each other. A message shows the arithmetic that fails.</summary>
internal static class PretrainingChecks
{
    public static void CheckAll(PretrainingRecipe recipe, KeyReader<PretrainingRecipe> reader)
    {
        CheckHeads(recipe.Model, reader);
        CheckData(recipe, reader);
        CheckEvaluation(recipe.Evaluation, reader);
    }

    private static void CheckHeads(PretrainingModel model, KeyReader<PretrainingRecipe> reader)
    {
        if (!reader.AreGood(Keys.HiddenSize, Keys.Heads, Keys.HeadSize))
        {
            return;
        }

        if (!reader.IsGiven(Keys.HeadSize) && model.HiddenSize % model.Heads != 0)
        {
            reader.Refuse(
                $"model.heads {model.Heads} does not divide model.hidden_size {model.HiddenSize}",
                "Choose a divisor, or give model.head_size.",
                Keys.Heads,
                Keys.HiddenSize);
        }
        else if (model.HeadSize % 2 != 0)
        {
            reader.Refuse(
                $"a head is {model.HeadSize} wide, and rotary embeddings turn pairs, so it must be even",
                "Change model.heads, or give an even model.head_size.",
                Keys.HeadSize,
                Keys.Heads,
                Keys.HiddenSize);
        }

        if (reader.AreGood(Keys.KeyValueHeads) && model.Heads % model.KeyValueHeads != 0)
        {
            reader.Refuse(
                $"model.key_value_heads {model.KeyValueHeads} does not divide model.heads {model.Heads}",
                "Choose a divisor of model.heads.",
                Keys.KeyValueHeads,
                Keys.Heads);
        }
    }

    private static void CheckData(PretrainingRecipe recipe, KeyReader<PretrainingRecipe> reader)
    {
        var (data, model) = (recipe.Data, recipe.Model);
        if (reader.AreGood(Keys.DataMaxTokens, Keys.MaxPositions) && data.MaxTokens > model.MaxPositions)
        {
            reader.Refuse(
                $"data.max_tokens {data.MaxTokens} > {model.MaxPositions}, which is model.max_positions",
                "Raise model.max_positions, or shorten the sequences.",
                Keys.DataMaxTokens,
                Keys.MaxPositions);
        }

        if (!reader.AreGood(Keys.DataFiles, Keys.DataCorpora))
        {
            return;
        }

        if (data.Sources == 0)
        {
            reader.RefuseMissing(Keys.DataFiles, "and data.corpora are empty, so there is nothing to train on");
        }
        else if (reader.AreGood(Keys.DataWeights) && data.Weights.Count > 0 && data.Weights.Count != data.Sources)
        {
            reader.Refuse(
                $"data.weights has {data.Weights.Count} values for {data.Sources} sources "
                + $"({(data.Files.Count > 0 ? "the files together, " : "")}{data.Corpora.Count} corpora)",
                "Give one value per source, or none for equal shares.",
                Keys.DataWeights);
        }
    }

    private static void CheckEvaluation(PretrainingEvaluation evaluation, KeyReader<PretrainingRecipe> reader)
    {
        if (reader.AreGood(Keys.EvaluationEarlyStopPatience, Keys.EvaluationEverySteps, Keys.EvaluationMaxSequences)
            && evaluation.EarlyStopPatience > 0 && (evaluation.EverySteps == 0 || evaluation.MaxSequences == 0))
        {
            reader.Refuse(
                $"evaluation.early_stop_patience is {evaluation.EarlyStopPatience} evaluations, and evaluation.every_steps "
                + $"{evaluation.EverySteps} with evaluation.max_sequences {evaluation.MaxSequences} makes none during training",
                "Set both above 0, or evaluation.early_stop_patience to 0.",
                Keys.EvaluationEarlyStopPatience,
                Keys.EvaluationEverySteps,
                Keys.EvaluationMaxSequences);
        }
    }
}
