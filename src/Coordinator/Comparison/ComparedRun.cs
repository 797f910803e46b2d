namespace MoR.Coordinator.Comparison;

/// <summary>A complete run of the grid.</summary>
/// <param name="Run">What was trained.</param>
/// <param name="Outcome">What it came to.</param>
/// <param name="ConstantAccuracy">Accuracy of the best constant answer on its items, for tasks with choices.</param>
public sealed record ComparedRun(PlannedRun Run, RunOutcome Outcome, IReadOnlyDictionary<string, double> ConstantAccuracy)
{
    /// <summary>Accuracy after training, mean over tasks.</summary>
    public double Accuracy => Outcome.Progress.Latest.Values.Average(score => score.Accuracy);

    /// <summary>Accuracy after training on one task, or over all of them.</summary>
    /// <param name="task">The task; null for the mean over tasks.</param>
    public double AccuracyOn(string? task) => task is null ? Accuracy : Outcome.Progress.Latest[task].Accuracy;

    /// <summary>Accuracy of the best constant answer; null where answers are free text.</summary>
    /// <param name="task">The task; null for the mean over tasks.</param>
    public double? ConstantOn(string? task) => task is not null
        ? ConstantAccuracy.TryGetValue(task, out var known) ? known : null
        : Outcome.Progress.Latest.Keys.All(ConstantAccuracy.ContainsKey)
            ? Outcome.Progress.Latest.Keys.Average(name => ConstantAccuracy[name])
            : null;
}
