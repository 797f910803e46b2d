using MoR.Cluster.Random;

namespace MoR.Simulation.Faults;

/// <summary>The faults of a world, in the order in which they come.</summary>
internal static class FaultPlan
{
    /// <summary>The fewest faults that come in a world.</summary>
    public const int Least = 3;

    /// <summary>The last steps, in which the first faults of a plan do not come, so that they surely find something.</summary>
    public const int QuietSteps = 4;

    private const int Most = 6;
    private const double ShortestSeconds = 0.005;
    private const double LongestSeconds = 40;

    /// <summary>The faults of a seed: at least three, of some kinds.</summary>
    /// <param name="kinds">What can go wrong.</param>
    /// <param name="steps">Steps of the run.</param>
    /// <param name="nodes">Nodes of the world.</param>
    /// <param name="random">The seed's.</param>
    public static IReadOnlyList<Fault> Of(IReadOnlyList<FaultKind> kinds, int steps, int nodes, ref CounterRandom random)
    {
        List<Fault> plan = [];
        if (kinds.Count == 0)
        {
            return plan;
        }

        var count = Least + random.NextBelow(Most - Least + 1);
        for (var i = 0; i < count; i++)
        {
            var among = i < Least ? steps - QuietSteps : steps;
            plan.Add(New(kinds[random.NextBelow(kinds.Count)], among, nodes, ref random));
        }

        return [.. plan.OrderBy(fault => fault.Step).ThenBy(fault => fault.Place)];
    }

    private static Fault New(FaultKind kind, int steps, int nodes, ref CounterRandom random)
    {
        var step = 1 + random.NextBelow(steps);
        var place = random.NextDouble();
        var target = random.NextBelow(nodes);
        var seconds = ShortestSeconds * Math.Pow(LongestSeconds / ShortestSeconds, random.NextDouble());
        return new Fault(kind, step, place, target, TimeSpan.FromSeconds(seconds), random.NextUInt32());
    }
}
