using System.Text.Json.Nodes;
using MoR.Coordinator.CommandLine;
using MoR.Coordinator.Evaluation;
using MoR.Coordinator.Reports;

namespace MoR.Coordinator.Training;

/// <summary>The scores of a run before and after training.</summary>
internal static class ScoreTable
{
    /// <summary>For programs: {task: {before, after}}, of every task that has the value.</summary>
    public static JsonObject Json(RunProgress progress, Func<TaskScore, double?> value)
    {
        var tasks = new JsonObject();
        foreach (var (task, before) in progress.Before.Where(item => value(item.Value) is not null))
        {
            tasks[task] = new JsonObject
            {
                ["before"] = value(before),
                ["after"] = progress.Latest.TryGetValue(task, out var after) ? value(after) : null,
            };
        }

        return tasks;
    }

    /// <summary>For a report.</summary>
    public static IReadOnlyList<TaskResult> Results(RunProgress progress) =>
    [
        .. progress.Before.Select(item => new TaskResult(
            item.Key,
            Metrics.Label(item.Value.Metric),
            item.Value.Value,
            progress.Latest.TryGetValue(item.Key, out var after) ? after.Value : null,
            item.Value.Items)),
    ];

    /// <summary>For a person.</summary>
    public static void Show(RunProgress progress, ITerminal terminal)
    {
        if (progress.Latest.Count == 0)
        {
            return;
        }

        terminal.Table("", ["task", "metric", "before", "after", "items"], progress.Latest.Select(item =>
            (IReadOnlyList<string>)[
                item.Key,
                Metrics.Label(item.Value.Metric),
                progress.Before.TryGetValue(item.Key, out var before) ? $"{before.Value:F4}" : "-",
                $"{item.Value.Value:F4}",
                $"{item.Value.Items}",
            ]));
    }
}
