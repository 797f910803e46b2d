using MoR.Model.Optimisation;

namespace MoR.Coordinator.Benchmarks;

/// <summary>The optimiser of measured steps, ours and the baselines' alike.</summary>
internal static class StepSettings
{
    /// <summary>AdamW's constants.</summary>
    public static AdamWOptions Optimiser { get; } = new()
    {
        Beta1 = 0.9,
        Beta2 = 0.999,
        Epsilon = 1e-8,
        WeightDecay = 0.01,
        ClipNorm = 1,
    };

    /// <summary>A constant learning rate.</summary>
    public static LearningRateSchedule Schedule { get; } = new()
    {
        Peak = 1e-3,
        Steps = int.MaxValue,
        WarmupSteps = 0,
        Decay = DecayShape.Constant,
    };
}
