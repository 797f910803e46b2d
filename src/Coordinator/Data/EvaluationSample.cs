using System.Collections.Immutable;
using MoR.Cluster.Random;

namespace MoR.Coordinator.Data;

/// <summary>Which items are evaluated when not all are.</summary>
public static class EvaluationSample
{
    /// <summary>
    /// At most <paramref name="most"/> items (0: all) in their order: the first ones of a shuffle by
    /// <paramref name="seed"/>, so that the sample is the same in every evaluation of a run.
    /// </summary>
    public static ImmutableArray<T> Of<T>(ImmutableArray<T> items, int most, ulong seed)
    {
        if (most == 0 || most >= items.Length)
        {
            return items;
        }

        int[] order = Enumerable.Range(0, items.Length).ToArray();
        new CounterRandom(seed, DataStreams.EvaluationSample).Shuffle(order);
        return [.. order.Take(most).Order().Select(index => items[index])];
    }
}
