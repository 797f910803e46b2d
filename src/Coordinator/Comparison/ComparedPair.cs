using MoR.Coordinator.Comparison.Statistics;

namespace MoR.Coordinator.Comparison;

/// <summary>One comparison that was made: a configuration with the reference, on one task or over all.</summary>
/// <param name="Configuration">Name of the configuration.</param>
/// <param name="Task">The task; null for the mean over tasks.</param>
/// <param name="Difference">Its accuracy minus the reference's, paired by seed; null while no seed has both.</param>
/// <param name="AdjustedP">P after Holm's correction for all comparisons made; null without a P.</param>
public sealed record ComparedPair(string Configuration, string? Task, PairedDifference? Difference, double? AdjustedP)
{
    /// <summary>Whether the difference stands after the correction.</summary>
    public bool Survives => AdjustedP <= HolmCorrection.Level;

    /// <summary>What may be said, in a few words.</summary>
    public string Verdict => Difference switch
    {
        null => "no seed has both",
        { ContainsZero: null } => "no spread to judge by",
        { ContainsZero: true } => "interval contains 0",
        _ => Survives ? "survives Holm" : "does not survive Holm",
    };
}
