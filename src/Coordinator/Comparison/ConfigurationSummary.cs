using MoR.Coordinator.Comparison.Statistics;

namespace MoR.Coordinator.Comparison;

/// <summary>A configuration over its seeds.</summary>
/// <param name="Configuration">What was trained.</param>
/// <param name="Runs">Its complete runs, in the order of the seeds.</param>
public sealed record ConfigurationSummary(PlannedConfiguration Configuration, IReadOnlyList<ComparedRun> Runs)
{
    /// <summary>Accuracy after training; null without a complete run.</summary>
    /// <param name="task">The task; null for the mean over tasks.</param>
    public SampleMean? Accuracy(string? task) =>
        Runs.Count == 0 ? null : SampleMean.Of([.. Runs.Select(run => run.AccuracyOn(task))]);

    /// <summary>Coefficient of variation of the experts' load, mean over seeds; null without routers.</summary>
    public double? LoadCv => Runs.Average(run => run.Outcome.LoadCv);

    /// <summary>Experts without a row, mean over seeds; null without routers.</summary>
    public double? DeadExperts => Runs.Average(run => run.Outcome.DeadExperts);

    /// <summary>Experts over all sites; 0 without routers.</summary>
    public int Experts => Runs.Count == 0 ? 0 : Runs[0].Outcome.Experts;

    /// <summary>Median step time, mean over seeds; null where runs are too short.</summary>
    public double? SecondsPerStep => Runs.Average(run => run.Outcome.SecondsPerStep);

    /// <summary>The accuracies of this and another configuration at the seeds that both have, and their difference.</summary>
    /// <param name="reference">The other.</param>
    /// <param name="task">The task; null for the mean over tasks.</param>
    public PairedDifference? To(ConfigurationSummary reference, string? task)
    {
        var pairs = Runs
            .Join(reference.Runs, run => run.Run.Seed, other => other.Run.Seed, (run, other) => (run, other))
            .ToList();
        return pairs.Count == 0
            ? null
            : PairedDifference.Of(
                pairs.ConvertAll(pair => pair.run.AccuracyOn(task)), pairs.ConvertAll(pair => pair.other.AccuracyOn(task)));
    }
}
