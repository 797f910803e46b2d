using MoR.Cluster.Random;

namespace MoR.Coordinator.Pretraining.Corpora;

/// <summary>
/// Counting in equal steps from a random start, up or down, such as <c>3 5 7 9</c>: from the second number on everything
/// follows from what stands before it.
/// </summary>
public sealed class CountingCorpus : ICorpus
{
    private const int MostStart = 100;
    private const int MostStep = 3;
    private const int LeastNumbers = 4;
    private const int MostNumbers = 24;

    /// <inheritdoc/>
    public string Name => "counting";

    /// <inheritdoc/>
    public string Document(CounterRandom random)
    {
        var start = random.NextBelow(MostStart);
        var step = 1 + random.NextBelow(MostStep);
        var count = LeastNumbers + random.NextBelow(MostNumbers - LeastNumbers + 1);
        var isUp = random.NextBelow(2) == 0 || start < step * (count - 1);
        return string.Join(' ', Enumerable.Range(0, count).Select(i => start + ((isUp ? i : -i) * step)));
    }
}
