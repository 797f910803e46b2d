using MoR.Coordinator.Configuration;
using MoR.Model.Optimisation;

namespace MoR.Coordinator.Training;

/// <summary>What the loop of a run takes from its recipe, whichever kind it is.</summary>
/// <param name="Training">Steps and optimiser.</param>
/// <param name="Checkpoint">When checkpoints are written.</param>
/// <param name="EvaluationEverySteps">Steps between evaluations; 0 is only before and after.</param>
/// <param name="EarlyStopPatience">Evaluations without improvement that end the run; 0 is off.</param>
public sealed record TrainerSettings(
    RecipeTraining Training, RecipeCheckpoint Checkpoint, int EvaluationEverySteps, int EarlyStopPatience)
{
    /// <summary>The constants of a recipe's optimiser.</summary>
    public static AdamWOptions OptimiserOptions(RecipeTraining training) => new()
    {
        Beta1 = training.Beta1,
        Beta2 = training.Beta2,
        Epsilon = training.Epsilon,
        WeightDecay = training.WeightDecay,
        ClipNorm = training.ClipNorm,
    };

    /// <summary>A recipe's learning rate by step.</summary>
    public static LearningRateSchedule Schedule(RecipeTraining training) => new()
    {
        Peak = training.LearningRate,
        Steps = training.Steps,
        WarmupSteps = training.WarmupSteps,
        Decay = Enum.Parse<DecayShape>(training.Schedule.ToString()),
        FloorFraction = training.MinLearningRateFraction,
    };
}
