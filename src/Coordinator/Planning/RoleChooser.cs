using System.Globalization;

namespace MoR.Coordinator.Planning;

/// <summary>Which role nodes take, unless somebody says so.</summary>
internal static class RoleChooser
{
    /// <summary>What a more laborious way has to gain before it is taken: a prediction is not better than that.</summary>
    public const double WorthIt = 1.05;

    /// <summary>The fastest way that fits into memory; of two that are nearly as fast the simpler: in process, then workers, which
    /// wait for less. Where nothing fits, the one that needs the least memory on a machine.</summary>
    /// <param name="forecaster">Predicts.</param>
    /// <param name="run">The run.</param>
    /// <param name="nodes">Nodes that there are.</param>
    public static RoleChoice Choose(Forecaster forecaster, PlannedRun run, int nodes)
    {
        Forecast[] all = nodes == 0
            ? [forecaster.InProcess(run)]
            : [forecaster.InProcess(run), forecaster.Workers(run, nodes), forecaster.Experts(run, nodes)];
        var best = all.Where(forecast => forecast.Fits).Aggregate(
            (Forecast?)null,
            (best, next) => best is null || next.TokensPerSecond > WorthIt * best.TokensPerSecond ? next : best);
        return best is null
            ? new RoleChoice(all.MinBy(MostOnOneMachine)!, "nothing fits into the memory of a machine; this needs the least")
            : new RoleChoice(best, Reason(best, all));
    }

    /// <summary>The role that nodes take which are there anyway.</summary>
    /// <inheritdoc cref="Choose"/>
    public static RoleChoice ChooseAmongNodes(Forecaster forecaster, PlannedRun run, int nodes)
    {
        Forecast[] all = [forecaster.Workers(run, nodes), forecaster.Experts(run, nodes)];
        var (workers, experts) = (all[0], all[1]);
        var best = workers.Fits == experts.Fits
            ? experts.TokensPerSecond <= WorthIt * workers.TokensPerSecond ? workers : experts
            : workers.Fits ? workers : experts;
        return new RoleChoice(best, Reason(best, all));
    }

    /// <summary>Bytes of the fullest machine.</summary>
    public static long MostOnOneMachine(Forecast forecast) => forecast.IsLocal
        ? forecast.Coordinator.Peak + (forecast.Nodes * (forecast.Node?.Peak ?? 0))
        : Math.Max(forecast.Coordinator.Peak, forecast.Node?.Peak ?? 0);

    private static string Reason(Forecast best, IEnumerable<Forecast> all) => string.Join(", ", all
        .OrderByDescending(forecast => forecast.TokensPerSecond)
        .Select(forecast =>
            $"{Names.Of(forecast)} {forecast.TokensPerSecond.ToString("N0", CultureInfo.InvariantCulture)} tokens/s"
            + (forecast.Fits ? "" : " but does not fit")
            + (forecast == best ? " (taken)" : "")));
}
