namespace MoR.Coordinator.Comparison;

/// <summary>A complete run of the grid, on tasks whose answers are right or wrong.</summary>
/// <param name="Run">What was trained.</param>
/// <param name="Outcome">What it came to.</param>
public sealed record ComparedRun(PlannedRun Run, RunOutcome Outcome)
{
    /// <summary>Accuracy after training, mean over tasks.</summary>
    public double Accuracy => Outcome.Progress.Latest.Values.Average(score => score.Accuracy!.Value);

    /// <summary>Accuracy after training on one task, or over all of them.</summary>
    /// <param name="task">The task; null for the mean over tasks.</param>
    public double AccuracyOn(string? task) => task is null ? Accuracy : Outcome.Progress.Latest[task].Accuracy!.Value;

    /// <summary>Accuracy before training on one task, or over all of them.</summary>
    /// <param name="task">The task; null for the mean over tasks.</param>
    public double AccuracyBefore(string? task) => task is null
        ? Outcome.Progress.Before.Values.Average(score => score.Accuracy!.Value)
        : Outcome.Progress.Before[task].Accuracy!.Value;

    /// <summary>Accuracy of the best constant answer; null where unknown.</summary>
    /// <param name="task">The task; null for the mean over tasks.</param>
    public double? ConstantOn(string? task)
    {
        var scores = Outcome.Progress.Latest;
        return task is not null ? scores[task].ConstantAccuracy
            : scores.Values.All(score => score.ConstantAccuracy is not null)
                ? scores.Values.Average(score => score.ConstantAccuracy)
                : null;
    }
}
