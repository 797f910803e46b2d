using MoR.Cluster.Disk;
using MoR.Cluster.Errors;
using MoR.Coordinator.Reports;
using MoR.Coordinator.Runs;
using MoR.Coordinator.Training;
using MoR.Model.Adapters;

namespace MoR.Coordinator.Comparison;

/// <summary>What a complete run came to, read from its folder, so that it is the same whenever the run was made.</summary>
public sealed record RunOutcome
{
    /// <summary>Steps that are left out of the median, since a process is slow until its code is compiled.</summary>
    private const int FirstSteps = 3;

    /// <summary>Steps, losses and scores.</summary>
    public required RunProgress Progress { get; init; }

    /// <summary>Rows that each expert got, site by site; empty without routers.</summary>
    public required IReadOnlyList<IReadOnlyList<long>> Loads { get; init; }

    /// <summary>SHA-256 of the adapter at the last step, which the scores belong to.</summary>
    public required string AdapterSha256 { get; init; }

    /// <summary>Median wall time of a step without the first three; null if there are no others.</summary>
    public required double? SecondsPerStep { get; init; }

    /// <summary>Experts over all sites.</summary>
    public int Experts => Loads.Sum(load => load.Count);

    /// <summary>Experts, over all sites, that got no row; null without routers.</summary>
    public int? DeadExperts => Loads.Count == 0 ? null : LoadStatistics.DeadExperts(Loads);

    /// <summary>How unevenly experts were used; null without routers.</summary>
    public double? LoadCv => Loads.Count == 0 ? null : LoadStatistics.CoefficientOfVariation(Loads);

    /// <summary>Reads a run.</summary>
    /// <returns>Null if it is not complete.</returns>
    /// <exception cref="InputException">The folder is no run, or all of its checkpoints are damaged.</exception>
    public static RunOutcome? Read(IDisk disk, string path, int steps)
    {
        using var folder = RunFolder.OpenForReading(disk, path);
        if (folder.Checkpoints.Steps().Count == 0)
        {
            return null;
        }

        var checkpoint = Latest(folder);
        var progress = RunProgress.Read(checkpoint.Read(RunProgress.FileName));
        if (!progress.IsComplete(steps))
        {
            return null;
        }

        return progress.Before.Count == 0
            ? throw new InputException(
                path, "the run was not evaluated before its first step", "Move it away to have it made anew.")
            : new RunOutcome
            {
                Progress = progress,
                Loads = AdapterCheckpoint.Loads(checkpoint),
                AdapterSha256 = checkpoint.Entry(AdapterFiles.TensorsName).Sha256,
                SecondsPerStep = Median(Seconds(disk, folder.MetricsPath)),
            };
    }

    private static Checkpoint Latest(RunFolder folder)
    {
        try
        {
            return folder.Checkpoints.LoadLatest();
        }
        catch (InputException damage)
        {
            throw new InputException(
                folder.Location, damage.Problem, "Move this folder away; the run is then made anew.", damage);
        }
    }

    private static IEnumerable<double> Seconds(IDisk disk, string metrics)
    {
        using var reader = new StreamReader(disk.OpenRead(metrics));
        return [.. MetricsHistory.Parse(reader.ReadToEnd().Split('\n')).Steps.Skip(FirstSteps).Select(step => step.Seconds)];
    }

    private static double? Median(IEnumerable<double> values)
    {
        double[] ordered = [.. values.Where(double.IsFinite).Order()];
        return ordered.Length == 0 ? null : (ordered[(ordered.Length - 1) / 2] + ordered[ordered.Length / 2]) / 2;
    }
}
