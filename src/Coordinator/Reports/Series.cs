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
    /// A moving average that weighs older values exponentially less, over about <paramref name="window"/> steps, corrected
    /// for its start (as Adam corrects its moments) so that the first values are not drawn to zero.
    /// </summary>
    public Series Smooth(double window)
    {
        var keep = 1 - (1 / Math.Max(window, 1));
        var smoothed = new double[Values.Count];
        double sum = 0, weight = 0;
        for (var i = 0; i < smoothed.Length; i++)
        {
            if (!double.IsFinite(Values[i]))
            {
                smoothed[i] = double.NaN;
                continue;
            }

            sum = (keep * sum) + Values[i];
            weight = (keep * weight) + 1;
            smoothed[i] = sum / weight;
        }

        return this with { Values = smoothed };
    }

    /// <summary>
    /// At most about twice <paramref name="buckets"/> points: of each stretch the least and the greatest value, in their
    /// order, so that spikes stay visible.
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
