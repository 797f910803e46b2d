namespace MoR.Coordinator.Training;

/// <summary>Steps in a row that were trained without the experts of some shards, because no node had them.</summary>
/// <param name="First">The first step.</param>
/// <param name="Last">The last.</param>
/// <param name="Shards">The shards, ascending.</param>
public sealed record DegradedSteps(long First, long Last, IReadOnlyList<int> Shards)
{
    /// <summary>How many.</summary>
    public long Count => Last - First + 1;

    /// <summary>What a run had, and one more step.</summary>
    internal static IReadOnlyList<DegradedSteps> After(
        IReadOnlyList<DegradedSteps> before, long step, IReadOnlyList<int> shards)
    {
        if (shards.Count == 0)
        {
            return before;
        }

        return before is [.., var last] && last.Last == step - 1 && last.Shards.SequenceEqual(shards)
            ? [.. before.SkipLast(1), last with { Last = step }]
            : [.. before, new DegradedSteps(step, step, shards)];
    }

    /// <summary>What a reader of a run's result must know, a sentence.</summary>
    internal static string Warning(IReadOnlyList<DegradedSteps> all) =>
        $"DEGRADED: {all.Sum(steps => steps.Count)} steps were trained without experts that no node had "
        + $"({string.Join("; ", all)}), so this adapter is not the one that the recipe gives.";

    /// <inheritdoc/>
    public override string ToString() =>
        (First == Last ? $"step {First}" : $"steps {First} to {Last}") + $" without {Names(Shards)}";

    /// <summary>Shards in a sentence.</summary>
    internal static string Names(IReadOnlyList<int> shards) =>
        (shards.Count == 1 ? "shard " : "shards ") + string.Join(", ", shards);
}
