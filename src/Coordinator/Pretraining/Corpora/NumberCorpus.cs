using MoR.Cluster.Random;
using MoR.Coordinator.Skills;

namespace MoR.Coordinator.Pretraining.Corpora;

/// <summary>Numbers in equal steps, mostly by one: <c>98 99 100 101</c>, <c>7 6 5</c>, <c>7 17 27</c>.</summary>
public sealed class NumberCorpus : ICorpus
{
    private static readonly int[] Steps = [1, 1, -1, 10, 2, 3, 4, 5, 6, 7, 8, 9];

    /// <inheritdoc/>
    public string Name => "numbers";

    /// <inheritdoc/>
    public string Document(CounterRandom random) => Lines.Of(ref random, 2, 6, Run);

    private static string Run(ref CounterRandom random)
    {
        var (step, count) = (random.NextOf<int>(Steps), random.NextFrom(3, 6));
        var first = random.NextFrom(step < 0 ? count - 1 : 0, 110);
        return string.Join(' ', Enumerable.Range(0, count).Select(i => first + (i * step)));
    }
}
