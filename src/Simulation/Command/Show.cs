using System.Globalization;
using MoR.Coordinator.CommandLine;
using MoR.Simulation.Faults;
using MoR.Simulation.Runtime;
using MoR.Simulation.Scheduling;
using MoR.Simulation.Worlds;

namespace MoR.Simulation.Command;

/// <summary>A cluster that trains through faults, line by line: when, at which step, how each process is, and what happened.</summary>
internal sealed class Show(ITerminal terminal, CancellationToken stop)
{
    private const ulong Seed = 8; // four nodes' worth of shards, and a window of micro-batches
    private const int MostLetters = 150;
    private const string Up = "●";
    private const string Down = "✖";
    private const string Still = "❄";
    private readonly Pace _pace = new(terminal.IsLive, stop);
    private World _world = null!;
    private readonly SortedDictionary<string, string> _said = new(StringComparer.Ordinal);
    private long _shown;
    private double _loss;

    private static IReadOnlyList<Fault> Plan =>
    [
        Of(FaultKind.NodePowerLoss, 3, 0.4, 1, 9),
        Of(FaultKind.PartitionTwoWay, 6, 0.5, 2, 7),
        Of(FaultKind.NodeJoin, 8, 0.3, 0, 0),
        Of(FaultKind.DeviceStuck, 9, 0.2, 0, 12),
        Of(FaultKind.CoordinatorPowerLoss, 11, 0.9, 0, 4),
        Of(FaultKind.NodeFreeze, 14, 0.4, 0, 8),
        Of(FaultKind.CheckpointCorrupt, 16, 0.5, 0, 3),
        Of(FaultKind.CorruptBytes, 18, 0.5, 2, 1),
        Of(FaultKind.StaleCoordinator, 19, 0.3, 0, 4),
    ];

    /// <summary>Shows it.</summary>
    public void Run()
    {
        var world = _world = new World(Seed, 0, Plan, adjust: knobs => knobs with { Nodes = 3, Mix = RoleMix.Experts });
        terminal.Line($"a cluster on a virtual clock, network and disk (seed {Seed}): {world.Knobs}");
        terminal.Line($"{"time",10}  {"step",5}  {"loss",7}  coordinator and nodes ({Up} runs, {Still} stands still, {Down} is gone)");
        world.Trace.Listener = Heard;
        world.FaultCame = fault => Tell($"‹ {Text(fault)} ›");
        world.StepCommitted = (_, loss) =>
        {
            _loss = loss;
            terminal.Progress($"step {world.Laws.Committed}/{world.Model.Steps}  {States()}");
        };
        var result = world.Run();
        terminal.Progress("");
        terminal.Line(result.Broken is { } broken
            ? $"a law was broken: {broken}"
            : $"{result.Steps} steps in {result.Lasted.TotalSeconds:N0} s of its time, {result.Faults.Values.Sum()} faults, "
                + "and after every step the same numbers as undisturbed");
        terminal.Line();
    }

    private static Fault Of(FaultKind kind, long step, double place, int node, double seconds) =>
        new(kind, step, place, node, TimeSpan.FromSeconds(seconds), 7);

    private void Heard(long now, string who, string text)
    {
        if (who is "world" or "old-coordinator" || IsSmall(text))
        {
            return;
        }

        // What is said again and again, with other numbers only, is told once.
        var gist = string.Concat(text.Where(letter => !char.IsAsciiDigit(letter)));
        if (_said.TryGetValue(who, out var last) && last == gist)
        {
            return;
        }

        _said[who] = gist;
        Tell(text.StartsWith(who, StringComparison.Ordinal) ? text : $"{who}: {text}");
    }

    /// <summary>What happens too often to be told.</summary>
    private static bool IsSmall(string text) =>
        text.StartsWith("listening", StringComparison.Ordinal) || text.Contains("Connection refused", StringComparison.Ordinal)
        || text.Contains(" joined: ", StringComparison.Ordinal)
        || text.StartsWith("ended with", StringComparison.Ordinal);

    private void Tell(string text)
    {
        var now = _world.Scheduler.Now;
        _pace.Wait(TimeSpan.FromTicks(now - _shown));
        _shown = now;
        var shortened = text.Length > MostLetters ? text[..MostLetters] + "…" : text;
        terminal.Line(string.Create(
            CultureInfo.InvariantCulture,
            $"{TimeSpan.FromTicks(now).TotalSeconds,8:F2} s  {_world.Laws.Committed,5}  {_loss,7:F4}  {States()}  {shortened}"));
    }

    private string States() => string.Join(
        ' ', _world.Slots.Select(slot => Of(slot.Process)).Prepend($"{Of(_world.Coordinator?.Process)} │"));

    private static string Of(SimulatedProcess? process) => process switch
    {
        null or { IsAlive: false } => Down,
        { IsFrozen: true } => Still,
        _ => Up,
    };

    private string Text(Fault fault)
    {
        var node = _world.Slots[fault.Target % _world.Slots.Count].Host;
        var seconds = $"{fault.Lasts.TotalSeconds:0.#} s";
        return fault.Kind switch
        {
            FaultKind.NodePowerLoss => $"{node} loses power for {seconds}",
            FaultKind.PartitionTwoWay => $"nothing gets through between {node} and the coordinator for {seconds}",
            FaultKind.NodeJoin => $"{_world.Slots[^1].Host} joins",
            FaultKind.DeviceStuck => $"the device of {node} hangs for {2 * fault.Lasts.TotalSeconds:0.#} s, its link is well",
            FaultKind.CoordinatorPowerLoss => $"the coordinator loses power while it writes a checkpoint, back in {seconds}",
            FaultKind.NodeFreeze => $"{node} stands still for {seconds}",
            FaultKind.CheckpointCorrupt => $"the coordinator dies, and a bit of its newest checkpoint flips, back in {seconds}",
            FaultKind.CorruptBytes => $"a bit flips on the way to or from {node}",
            FaultKind.StaleCoordinator => $"for {seconds} a coordinator from an old snapshot answers instead",
            _ => fault.ToString(),
        };
    }
}
