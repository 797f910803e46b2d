namespace MoR.Model.Optimisation;

/// <summary>Learning rate by step: linear warm-up, then a decay to a fraction of the peak at the last step.</summary>
public sealed record LearningRateSchedule
{
    /// <summary>Rate after warm-up.</summary>
    public required double Peak { get; init; }

    /// <summary>Steps of the whole run.</summary>
    public required long Steps { get; init; }

    /// <summary>Steps of the warm-up; step 1 has peak / warm-up.</summary>
    public required long WarmupSteps { get; init; }

    /// <summary>Shape of the decay.</summary>
    public required DecayShape Decay { get; init; }

    /// <summary>Rate at the last step, as a fraction of the peak.</summary>
    public double FloorFraction { get; init; }

    /// <summary>Rate of a step, from 1; steps beyond the last have the last one's.</summary>
    public double At(long step)
    {
        if (step <= WarmupSteps)
        {
            return Peak * step / WarmupSteps;
        }

        var progress = Steps <= WarmupSteps ? 1 : Math.Min(1, (double)(step - WarmupSteps) / (Steps - WarmupSteps));
        var remaining = Decay switch
        {
            DecayShape.Constant => 1,
            DecayShape.Linear => 1 - progress,
            _ => (1 + Math.Cos(Math.PI * progress)) / 2,
        };
        return Peak * (FloorFraction + ((1 - FloorFraction) * remaining));
    }
}
