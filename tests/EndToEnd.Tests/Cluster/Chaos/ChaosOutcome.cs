namespace MoR.EndToEnd.Tests.Cluster.Chaos;

/// <summary>What became of a run.</summary>
/// <param name="Plan">The plan.</param>
/// <param name="Problem">What is wrong; null if the adapter is that of one process, and enough faults hit.</param>
/// <param name="Fired">What happened, in order.</param>
/// <param name="Faults">Faults that hit something.</param>
/// <param name="Seconds">How long it took.</param>
internal sealed record ChaosOutcome(ChaosPlan Plan, string? Problem, IReadOnlyList<string> Fired, int Faults, double Seconds)
{
    /// <summary>One line.</summary>
    public override string ToString() =>
        $"seed {Plan.Seed}: {(Problem is null ? "identical" : "FAILED")}, {Faults} faults, {Seconds:F1} s; {Plan}; "
        + string.Join(", ", Fired) + (Problem is null ? "" : $"; {Problem.Split('\n')[0]}");
}
