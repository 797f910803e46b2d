namespace MoR.Coordinator.Pretraining;

/// <summary>Divides sequences so that micro-batches take about the same time.</summary>
internal static class EvenGroups
{
    /// <summary>
    /// The longest first (equals in the order given), each goes to the group that has the fewest tokens so far and is not
    /// full; of equals to the first.
    /// </summary>
    /// <param name="sequences">The sequences.</param>
    /// <param name="groups">How many groups.</param>
    /// <param name="most">The most sequences of a group.</param>
    public static IReadOnlyList<IReadOnlyList<int[]>> Of(IEnumerable<int[]> sequences, int groups, int most)
    {
        var result = Enumerable.Range(0, groups).Select(_ => new List<int[]>()).ToArray();
        var tokens = new long[groups];
        foreach (var sequence in sequences.OrderByDescending(sequence => sequence.Length))
        {
            var group = Enumerable.Range(0, groups).Where(index => result[index].Count < most).MinBy(index => tokens[index]);
            result[group].Add(sequence);
            tokens[group] += sequence.Length;
        }

        return result;
    }
}
