using MoR.Cluster.Random;

namespace MoR.Simulation.Faults;

/// <summary>The faults of a world, in the order in which they come.</summary>
internal static class FaultPlan
{
    private const int Least = 3;
    private const int Most = 6;
    private const double ShortestSeconds = 0.005;
    private const double LongestSeconds = 40;

    /// <summary>The faults of a seed: at least three, of the scenario's kinds.</summary>
    /// <param name="scenario">What can go wrong.</param>
    /// <param name="steps">Steps of the run.</param>
    /// <param name="nodes">Nodes of the world.</param>
    /// <param name="random">The seed's.</param>
    public static IReadOnlyList<Fault> Of(Scenario scenario, int steps, int nodes, ref CounterRandom random)
    {
        List<Fault> plan = [];
        if (scenario.Kinds.Count == 0)
        {
            return plan;
        }

        var count = Least + random.NextBelow(Most - Least + 1);
        for (var i = 0; i < count; i++)
        {
            plan.Add(New(scenario.Kinds[random.NextBelow(scenario.Kinds.Count)], steps, nodes, ref random));
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
