using MoR.Model.Adapters;

namespace MoR.Coordinator.Training;

/// <summary>
/// The shards whose experts training does without, because no node has them (<c>cluster.when_lost: mask</c>). This is outside of law
/// 1: which steps it concerns depends on when nodes went and came.
/// </summary>
/// <param name="spec">The adapter.</param>
/// <param name="homeless">Asks which shards no node holds now.</param>
public sealed class ShardMask(AdapterSpec spec, Func<CancellationToken, Task<IReadOnlyList<int>>> homeless)
{
    /// <summary>The shards, ascending.</summary>
    public IReadOnlyList<int> Shards { get; private set; } = [];

    /// <summary>Experts per linear that are left, and of how many, in the layer where fewest are.</summary>
    public (int Left, int Of) Experts => Enumerable.Range(0, spec.Experts.CountPerLayer.Count)
        .Select(layer => (spec.Experts.CountWithout(layer, Shards), spec.Experts.CountPerLayer[layer]))
        .Min();

    /// <summary>Does without more shards. False, and nothing changes, if too few experts would be left, or none of these is new.
    /// </summary>
    public bool TryAdd(IReadOnlyList<int> lost)
    {
        int[] all = [.. Shards.Union(lost).Order()];
        if (all.Length == Shards.Count || !spec.CanDoWithout(all))
        {
            return false;
        }

        Shards = all;
        return true;
    }

    /// <summary>Takes shards back that have a node again; returns them.</summary>
    public async Task<IReadOnlyList<int>> LiftAsync(CancellationToken cancel)
    {
        if (Shards.Count == 0)
        {
            return [];
        }

        var still = await homeless(cancel);
        int[] back = [.. Shards.Except(still)];
        Shards = [.. Shards.Except(back)];
        return back;
    }
}
