using MoR.Cluster.Random;

namespace MoR.Coordinator.Skills;

/// <summary>The days of a year of 365 days, written as <c>27 feb</c>.</summary>
internal static class Calendar
{
    private static readonly int[] DaysOf = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

    /// <summary>Short names of the months.</summary>
    public static IReadOnlyList<string> Months { get; } =
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

    /// <summary>A day of the year, from 0; every month is equally likely.</summary>
    public static int NextDay(ref this CounterRandom random)
    {
        var month = random.NextBelow(Months.Count);
        return DaysOf.Take(month).Sum() + random.NextBelow(DaysOf[month]);
    }

    /// <summary>The name of a day, counted from 0 at 1 January over as many years as needed.</summary>
    public static string NameOf(int day)
    {
        var month = 0;
        for (day %= DaysOf.Sum(); day >= DaysOf[month]; month++)
        {
            day -= DaysOf[month];
        }

        return $"{day + 1} {Months[month]}";
    }
}
