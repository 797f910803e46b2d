using System.Text.Json.Nodes;
using MoR.Cluster.Disk;
using MoR.Cluster.Errors;
using MoR.Cluster.Seams;
using MoR.Coordinator.Cluster;
using MoR.Coordinator.CommandLine;
using MoR.Coordinator.Configuration;
using MoR.Coordinator.Doctor;
using MoR.Coordinator.Models;
using MoR.Coordinator.Training;

namespace MoR.Coordinator.Comparison;

/// <summary>
/// <c>mor compare</c>: the runs of a plan one after the other, each as <c>mor train</c> makes it, in a folder that any later
/// call goes on with.
/// </summary>
internal sealed class ComparisonSession(
    CompareOptions options, ITerminal terminal, IDisk disk, TimeProvider time, IFatalExit fatal,
    Func<MemoryFacts> memory, ClusterSurroundings around)
{
    private const string RunsFolder = "runs";

    /// <summary>Runs the command.</summary>
    public async Task<CommandOutcome> RunAsync(CancellationToken stop)
    {
        var path = ShippedFolder.PathOf(options.Plan, "plan", ShippedFolder.Find(ShippedFolder.Plans));
        var plan = ComparisonPlan.Load(path, options.Set);
        var device = ComputeDevice.Parse(options.Device);
        var grid = ComparisonGrid.Load(plan, terminal.Note);
        grid.Memory.Require(device, memory(), terminal.Note);
        var output = options.Output ?? Path.Combine(RunsFolder, plan.Name);
        if (options.DryRun)
        {
            using var present = ComparisonFolder.OpenForReading(disk, output, grid.Record);
            var made = Made(grid, present);
            grid.Show(terminal, made);
            return CommandOutcome.Done(grid.ToJson(present.Location, made));
        }

        using var folder = ComparisonFolder.Open(disk, output, grid.Record);
        return await RunAsync(grid, folder, stop);
    }

    private static List<ComparedRun> Made(ComparisonGrid grid, ComparisonFolder folder) =>
    [
        .. grid.Runs.Select(run => folder.Outcome(run) is { } outcome ? new ComparedRun(run, outcome) : null)
            .OfType<ComparedRun>(),
    ];

    private async Task<CommandOutcome> RunAsync(ComparisonGrid grid, ComparisonFolder folder, CancellationToken stop)
    {
        terminal.Line($"comparison folder {folder.Location}");
        var made = Made(grid, folder);
        grid.Show(terminal, made);
        var results = Write(grid, folder, made);
        var failed = new List<(string Run, RunException Cause)>();
        foreach (var (number, run) in grid.Runs.Index())
        {
            if (made.Exists(item => item.Run == run))
            {
                continue;
            }

            var name = $"[{number + 1}/{grid.Runs.Count}] {run.Name}";
            bool isComplete;
            try
            {
                isComplete = !stop.IsCancellationRequested && await TrainAsync(run, folder, name, stop);
            }
            catch (RunException cause)
            {
                // One configuration that diverges says nothing about the others. A disk that is full fails again below.
                failed.Add((run.Name, cause));
                terminal.Note($"{name} failed: {cause.Message}");
                results = Write(grid, folder, made);
                continue;
            }

            if (!isComplete)
            {
                terminal.Line(
                    $"interrupted, {made.Count} of {grid.Runs.Count} runs are complete; go on with: {Again(folder)}");
                return CommandOutcome.Interrupted(ToJson(results, folder));
            }

            var outcome = folder.Outcome(run)
                ?? throw new InvalidOperationException($"{folder.PathOf(run)} was trained and is not complete");
            made.Add(new ComparedRun(run, outcome));
            results = Write(grid, folder, made);
            terminal.Line($"{name}: accuracy {made[^1].Accuracy:0.0000}, loss {outcome.Progress.LossLast:0.0000}");
        }

        new ComparisonTables(results).Show(terminal);
        terminal.Line($"results: {folder.CsvPath}, {folder.TablePath}");
        if (failed is [var first, ..])
        {
            throw new RunException(
                folder.Location,
                $"{failed.Count} of {grid.Runs.Count} runs failed ({string.Join(", ", failed.Select(item => item.Run))}), and the "
                + $"results are of the others; the first: {first.Cause.Message}",
                "Take them out of the plan, or mend the cause and give the same command again: complete runs are kept.",
                first.Cause);
        }

        return CommandOutcome.Done(ToJson(results, folder));
    }

    /// <summary>Trains or goes on with one run.</summary>
    /// <returns>True if it is complete, false if it was interrupted and saved.</returns>
    private async Task<bool> TrainAsync(PlannedRun run, ComparisonFolder folder, string name, CancellationToken stop)
    {
        folder.Prepare(run);
        var session = new TrainingSession(
            new TrainOptions
            {
                Resume = folder.PathOf(run),
                Device = options.Device,
            },
            new RunTerminal(terminal, name), disk, time, fatal, memory, around);
        return (await session.RunAsync(stop)).ExitCode == 0;
    }

    /// <summary>Writes the results of the runs that are complete, in the order of the plan.</summary>
    private static ComparisonResults Write(ComparisonGrid grid, ComparisonFolder folder, List<ComparedRun> made)
    {
        var results = new ComparisonResults(grid.Plan, grid.Configurations, grid.Tasks, made);
        folder.WriteResults(
            ComparisonCsv.Render(results.Summaries.SelectMany(summary => summary.Runs), grid.Tasks),
            new ComparisonTables(results).Markdown());
        return results;
    }

    private static JsonObject ToJson(ComparisonResults results, ComparisonFolder folder)
    {
        var json = results.ToJson();
        json["output"] = folder.Location;
        json["csv"] = folder.CsvPath;
        json["table"] = folder.TablePath;
        return json;
    }

    private string Again(ComparisonFolder folder)
    {
        var set = options.Set.Select(item => $" --set {LauncherCall.Word(item)}");
        var device = options.Device == "cpu" ? "" : $" --device {options.Device}";
        return $"{LauncherCall.Mor} compare {LauncherCall.Word(options.Plan)} --output {LauncherCall.Word(folder.Location)}"
            + string.Concat(set) + device;
    }
}
