using System.Globalization;
using System.Text.Json.Nodes;
using MoR.Coordinator.CommandLine;
using MoR.Simulation.Faults;
using MoR.Simulation.Runtime;
using MoR.Simulation.Worlds;

namespace MoR.Simulation.Command;

/// <summary><c>mor simulate</c>: worlds of a range of seeds, and what came of them; without seeds, one to watch before that.</summary>
public sealed class SimulationSession(SimulateOptions options, ITerminal terminal, TimeProvider time)
{
    private const int TraceLines = 60;
    private const ulong FirstSeed = 1;
    private readonly Scenario _scenario = Scenario.Of(options.Scenario);

    /// <summary>Runs the command.</summary>
    public CommandOutcome Run(CancellationToken stop)
    {
        if (options.Seeds is null && options.Scenario is null && !options.IsReal)
        {
            new Show(terminal, stop).Run();
        }

        var (first, last) = options.Seeds ?? (FirstSeed, SimulateOptions.DefaultSeeds);
        var count = (int)(last - first + 1);
        terminal.Line(first == last
            ? $"seed {first}, {_scenario.Name}"
            : $"seeds {first}..{last}, {_scenario.Name}: every world has its own sizes, network, faults and order of events");
        if (first == last)
        {
            Describe(NewWorld(first, 0));
        }

        var began = time.GetTimestamp();
        var results = SeedThreads.Run(
            first, count, Environment.ProcessorCount, seed => NewWorld(seed, 0).Run(),
            done => terminal.Progress($"{done}/{count} worlds"), stop);
        var seconds = time.GetElapsedTime(began).TotalSeconds;
        terminal.Progress("");
        return Tell(results, seconds);
    }

    private World NewWorld(ulong seed, int lines) => new(seed, lines, scenario: _scenario, isReal: options.IsReal);

    private void Describe(World world)
    {
        terminal.Line($"  {world.Knobs}");
        terminal.Line($"  {world.Model}");
        foreach (var fault in world.Plan)
        {
            terminal.Line($"  {fault}");
        }
    }

    private CommandOutcome Tell(WorldResult[] results, double seconds)
    {
        var faults = results.SelectMany(result => result.Faults)
            .GroupBy(fault => fault.Key, fault => fault.Value)
            .ToDictionary(group => group.Key, group => group.Sum());
        var failed = results.Where(result => result.Broken is not null).ToList();
        if (_scenario.Kinds.Count > 0)
        {
            terminal.Table(
                "", ["fault", "times", "fault", "times", "fault", "times"],
                _scenario.Kinds.Select(kind => new[] { Name(kind), $"{faults.GetValueOrDefault(kind)}" }).Chunk(3)
                    .Select(row => row.SelectMany(cell => cell).Concat(Enumerable.Repeat("", 6 - (2 * row.Length))).ToList()));
        }

        terminal.Line(
            $"{results.Length} world{(results.Length == 1 ? "" : "s")}, {results.Sum(result => result.Steps):N0} steps, "
            + $"{faults.Values.Sum():N0} faults, "
            + $"{TimeSpan.FromTicks(results.Sum(result => result.Lasted.Ticks)).TotalHours:N1} hours of their time in {seconds:N1} s: "
            + (failed.Count == 0 ? "all laws held in all of them" : $"{failed.Count} broke a law"));
        var (steps, nodes, came) = (
            results.Min(result => result.Steps), results.Min(result => result.Nodes), results.Min(result => result.Faults.Values.Sum()));
        terminal.Line(
            $"each of at least {steps} steps, {nodes} nodes and {came} faults; "
            + $"workers trained {results.Sum(result => result.ByWorkers):N0} micro-batches");
        failed.Take(1).ToList().ForEach(Explain);
        return new CommandOutcome(failed.Count == 0 ? 0 : 1, new JsonObject
        {
            ["scenario"] = _scenario.Name,
            ["depth"] = options.IsReal ? "real" : "protocol",
            ["seeds"] = results.Length,
            ["failed"] = failed.Count,
            ["failed_seeds"] = new JsonArray([.. failed.Take(100).Select(result => (JsonNode)result.Seed)]),
            ["trace_hash"] = HashOf(results),
            ["seconds"] = Math.Round(seconds, 3),
            ["steps"] = results.Sum(result => result.Steps),
            ["by_workers"] = results.Sum(result => (long)result.ByWorkers),
            ["least"] = new JsonObject { ["steps"] = steps, ["nodes"] = nodes, ["faults"] = came },
            ["faults"] = new JsonObject(_scenario.Kinds.Select(kind =>
                KeyValuePair.Create(Name(kind), (JsonNode?)faults.GetValueOrDefault(kind)))),
        });
    }

    /// <summary>A seed that failed: run again with its trace, which is the same, as everything follows from the seed.</summary>
    private void Explain(WorldResult failed)
    {
        var world = NewWorld(failed.Seed, TraceLines);
        var again = world.Run();
        terminal.Line();
        terminal.Line($"seed {failed.Seed} broke a law: {again.Broken ?? failed.Broken}");
        Describe(world);
        terminal.Line("the last that happened:");
        foreach (var line in world.Trace.Last)
        {
            terminal.Line(line);
        }

        terminal.Line(
            $"again, the same: {LauncherCall.Mor} simulate {_scenario.Name} --seeds {failed.Seed}..{failed.Seed}"
            + (options.IsReal ? " --depth real" : ""));
    }

    private static string HashOf(WorldResult[] results)
    {
        var all = new Trace(0);
        foreach (var result in results)
        {
            all.Add((long)result.TraceHash);
        }

        return all.Hash.ToString("x16", CultureInfo.InvariantCulture);
    }

    /// <summary>NodePowerLoss: node_power_loss.</summary>
    private static string Name(FaultKind kind) => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(kind.ToString());
}
