using System.Text.Json.Nodes;
using MoR.Coordinator.CommandLine;
using MoR.Coordinator.Evaluation;
using MoR.Coordinator.Reports;

namespace MoR.Coordinator.Training;

/// <summary>The scores of a run before and after training.</summary>
internal static class ScoreTable
{
    private const string Unknown = "-";

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

    /// <summary>For programs: {task: accuracy of the best constant answer}, of every task that has one.</summary>
    public static JsonObject Constants(RunProgress progress)
    {
        var constants = new JsonObject();
        foreach (var (task, score) in progress.Before.Where(item => item.Value.ConstantAccuracy is not null))
        {
            constants[task] = score.ConstantAccuracy;
        }

        return constants;
    }

    /// <summary>For programs: {task: gain} of every task whose gain is known, as fractions.</summary>
    public static JsonObject Gains(RunProgress progress)
    {
        var gains = new JsonObject();
        foreach (var (task, after) in progress.Latest)
        {
            if (after.GainOver(progress.Before.GetValueOrDefault(task)) is { } gain)
            {
                gains[task] = gain;
            }
        }

        return gains;
    }

    /// <summary>Mean gain over the tasks whose gain is known; null if none is.</summary>
    public static double? MeanGain(RunProgress progress) =>
        progress.Latest.Select(item => item.Value.GainOver(progress.Before.GetValueOrDefault(item.Key))).Average();

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

        terminal.Table(
            "", ["task", "metric", "before", "constant answer", "after", "gain", "items"], progress.Latest.Select(item =>
            {
                var before = progress.Before.GetValueOrDefault(item.Key);

                // Constant answer and gain are accuracies, and would mislead beside another metric's values.
                var isAccuracy = item.Value.Accuracy == item.Value.Value;
                return (IReadOnlyList<string>)[
                    item.Key,
                    Metrics.Label(item.Value.Metric),
                    before is null ? Unknown : $"{before.Value:F4}",
                    isAccuracy && item.Value.ConstantAccuracy is { } constant ? $"{constant:F4}" : Unknown,
                    $"{item.Value.Value:F4}",
                    isAccuracy && item.Value.GainOver(before) is { } gain ? $"{100 * gain:+0.0;-0.0;0.0} points" : Unknown,
                    $"{item.Value.Items}",
                ];
            }));
        if (MeanGain(progress) is { } mean && progress.Latest.Count > 1)
        {
            terminal.Line(
                $"mean gain in accuracy over the better of before and the best constant answer: {100 * mean:+0.0;-0.0;0.0} points");
        }
    }
}
