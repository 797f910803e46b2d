using MoR.Cluster.Random;
using MoR.Coordinator.Skills;

namespace MoR.Coordinator.Pretraining.Corpora;

/// <summary>Days in order, <c>27 feb 28 feb 1 mar</c>, or months in order, <c>nov dec jan</c>.</summary>
public sealed class CalendarCorpus : ICorpus
{
    /// <inheritdoc/>
    public string Name => "calendar";

    /// <inheritdoc/>
    public string Document(CounterRandom random) =>
        Lines.Of(ref random, 1, 3, random.NextBelow(3) == 0 ? RunOfMonths : RunOfDays);

    private static string RunOfDays(ref CounterRandom random)
    {
        var first = random.NextDay();
        return string.Join(' ', Enumerable.Range(first, random.NextFrom(3, 6)).Select(Calendar.NameOf));
    }

    private static string RunOfMonths(ref CounterRandom random)
    {
        var first = random.NextBelow(Calendar.Months.Count);
        return string.Join(' ', Enumerable.Range(first, random.NextFrom(3, 7))
            .Select(month => Calendar.Months[month % Calendar.Months.Count]));
    }
}
