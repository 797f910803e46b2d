namespace MoR.Coordinator.Comparison.Statistics;

/// <summary>
/// Holm's step-down correction for several tests (S. Holm, A Simple Sequentially Rejective Multiple Test Procedure, 1979):
/// the chance that even one of the differences that it lets stand is none is at most the level.
/// </summary>
public static class HolmCorrection
{
    /// <summary>The level at which a difference stands.</summary>
    public const double Level = 0.05;

    /// <summary>
    /// Adjusted p values, in the order given: with p in ascending order, the largest of (m − i) p_i so far, i from 0, at
    /// most 1. A test without a p (null) is counted among the m, as one that shows nothing, and stays null.
    /// </summary>
    public static IReadOnlyList<double?> Adjust(IReadOnlyList<double?> p)
    {
        var adjusted = new double?[p.Count];
        var ascending = Enumerable.Range(0, p.Count).Where(index => p[index] is not null).OrderBy(index => p[index]);
        var largest = 0.0;
        foreach (var (place, index) in ascending.Index())
        {
            largest = Math.Max(largest, Math.Min(1, (p.Count - place) * p[index]!.Value));
            adjusted[index] = largest;
        }

        return adjusted;
    }
}
