namespace MoR.Coordinator.Reports;

/// <summary>Values over steps; NaN makes a gap.</summary>
internal sealed record Series(IReadOnlyList<double> Steps, IReadOnlyList<double> Values)
{
    /// <summary>Pairs of steps and values.</summary>
    public static Series Of<T>(IReadOnlyList<T> items, Func<T, double> step, Func<T, double> value) =>
        new([.. items.Select(step)], [.. items.Select(value)]);

    /// <summary>The last number; NaN when there is none.</summary>
    public double Last => Values.LastOrDefault(double.IsFinite, double.NaN);

    public bool IsEmpty => !Values.Any(double.IsFinite);

    /// <summary>
    /// The mean of the finite values up to <paramref name="reach"/> places before and after each one; fewer at the
    /// ends, by the same number on both sides, so that a slope stays where it is.
    /// </summary>
    public Series Smooth(int reach)
    {
        var sums = new double[Values.Count + 1];
        var counts = new int[Values.Count + 1];
        for (var i = 0; i < Values.Count; i++)
        {
            var isFinite = double.IsFinite(Values[i]);
            sums[i + 1] = sums[i] + (isFinite ? Values[i] : 0);
            counts[i + 1] = counts[i] + (isFinite ? 1 : 0);
        }

        var smoothed = new double[Values.Count];
        for (var i = 0; i < smoothed.Length; i++)
        {
            var near = Math.Min(reach, Math.Min(i, smoothed.Length - 1 - i));
            var (first, end) = (i - near, i + near + 1);
            smoothed[i] = (sums[end] - sums[first]) / (counts[end] - counts[first]);
        }

        return this with { Values = smoothed };
    }

    /// <summary>
    /// At most about twice <paramref name="buckets"/> points: of each stretch the least and the greatest value, in
    /// their order, so that spikes stay visible.
    /// </summary>
    public Series Thin(int buckets)
    {
        if (Values.Count <= 2 * buckets)
        {
            return this;
        }

        var kept = new List<int>();
        for (var bucket = 0; bucket < buckets; bucket++)
        {
            var first = (int)((long)bucket * Values.Count / buckets);
            var end = (int)((long)(bucket + 1) * Values.Count / buckets);
            int least = -1, greatest = -1;
            for (var i = first; i < end; i++)
            {
                if (double.IsFinite(Values[i]))
                {
                    least = least < 0 || Values[i] < Values[least] ? i : least;
                    greatest = greatest < 0 || Values[i] > Values[greatest] ? i : greatest;
                }
            }

            kept.AddRange(least == greatest
                ? [least < 0 ? first : least]
                : [Math.Min(least, greatest), Math.Max(least, greatest)]);
        }

        return new Series([.. kept.Select(i => Steps[i])], [.. kept.Select(i => Values[i])]);
    }
}
