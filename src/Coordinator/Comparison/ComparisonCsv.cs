using System.Globalization;
using System.Text;

namespace MoR.Coordinator.Comparison;

/// <summary>
/// <c>compare.csv</c>: per run one row for each task and one over all of them; docs/FILES.md lists the columns. The last two
/// are times; everything else is the same however often the comparison was interrupted. Names need no quotes, since they
/// hold no commas.
/// </summary>
public static class ComparisonCsv
{
    /// <summary>The task of a row over all tasks; no task can be called so.</summary>
    public const string AllTasks = "(all)";

    /// <summary>The columns.</summary>
    public static IReadOnlyList<string> Columns { get; } =
    [
        "configuration", "seed", "task", "items", "metric", "before", "after", "accuracy_before", "accuracy_after",
        "constant_accuracy", "gain_over_constant", "load_cv", "dead_experts", "dead_expert_share", "parameters",
        "expert_parameters", "router_parameters", "rank", "steps", "loss_last", "adapter_sha256", "seconds_per_step",
        "tokens_per_second",
    ];

    /// <summary>The file's text.</summary>
    /// <param name="runs">Complete runs, in the order of the rows.</param>
    /// <param name="tasks">The tasks, in the order of the rows.</param>
    public static string Render(IEnumerable<ComparedRun> runs, IReadOnlyList<string> tasks)
    {
        var text = new StringBuilder();
        text.AppendJoin(',', Columns).Append('\n');
        foreach (var run in runs)
        {
            foreach (var task in tasks)
            {
                text.AppendJoin(',', Row(run, task)).Append('\n');
            }

            text.AppendJoin(',', Row(run, null)).Append('\n');
        }

        return text.ToString();
    }

    private static IEnumerable<string> Row(ComparedRun run, string? task)
    {
        var (planned, outcome) = (run.Run, run.Outcome);
        var progress = outcome.Progress;
        var (before, after) = (progress.Before, progress.Latest);
        var accuracyBefore = run.AccuracyBefore(task);
        var accuracyAfter = run.AccuracyOn(task);
        var constant = run.ConstantOn(task);
        return
        [
            planned.Configuration.Name,
            Text(planned.Seed),
            task ?? AllTasks,
            Text(task is null ? after.Values.Sum(score => score.Items) : after[task].Items),
            task is null ? "accuracy" : after[task].Metric,
            Text(task is null ? accuracyBefore : before[task].Value),
            Text(task is null ? accuracyAfter : after[task].Value),
            Text(accuracyBefore),
            Text(accuracyAfter),
            Text(constant),
            Text(accuracyAfter - constant),
            Text(outcome.LoadCv),
            Text(outcome.DeadExperts),
            Text((double?)outcome.DeadExperts / outcome.Experts),
            Text(planned.Configuration.Parameters),
            Text(planned.Configuration.ExpertParameters),
            Text(planned.Configuration.RouterParameters),
            planned.Configuration.RankText,
            Text(progress.Step),
            Text(progress.LossLast),
            outcome.AdapterSha256,
            Text(outcome.SecondsPerStep),
            Text(Math.Round(progress.TokensPerSecond, 1)),
        ];
    }

    /// <summary>With all digits; empty for what is not known or not finite.</summary>
    private static string Text(double? value) => value is { } number && double.IsFinite(number)
        ? number.ToString("R", CultureInfo.InvariantCulture)
        : "";

    private static string Text(long? value) => value?.ToString(CultureInfo.InvariantCulture) ?? "";
}
