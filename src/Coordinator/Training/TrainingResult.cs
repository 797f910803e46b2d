using System.Text.Json.Nodes;
using MoR.Cluster.Disk;
using MoR.Coordinator.CommandLine;
using MoR.Coordinator.Configuration;
using MoR.Coordinator.Reports;
using MoR.Coordinator.Runs;
using MoR.Model.Adapters;

namespace MoR.Coordinator.Training;

/// <summary>What a run came to, for people, for programs and for its report.</summary>
internal sealed class TrainingResult(
    Recipe recipe, RunFolder folder, Trainer trainer, IReadOnlyList<string> notices, IDisk disk)
{
    private RunProgress Progress => trainer.Progress;

    /// <summary>The keys that <c>mor train --json</c> promises.</summary>
    public JsonObject ToJson() => new()
    {
        ["run"] = folder.Location,
        ["router"] = recipe.Router.Kind.ToString().ToLowerInvariant(),
        ["steps"] = Progress.Step,
        ["loss_first"] = Finite(Progress.LossFirst),
        ["loss_last"] = Finite(Progress.LossLast),
        ["tokens_per_second"] = Math.Round(Progress.TokensPerSecond, 1),
        ["adapter_sha256"] = AdapterHash(),
        ["accuracy"] = Scores(score => score.Accuracy),
        ["metrics"] = Scores(score => score.Value),
        ["load_cv"] = LoadStatistics.CoefficientOfVariation(trainer.Loads),
        ["dead_experts"] = LoadStatistics.DeadExperts(trainer.Loads),
        ["skipped_steps"] = Progress.SkippedSteps,
        ["nodes"] = 0,
        ["retries"] = 0,
    };

    /// <summary>Tells a person, and what to try next.</summary>
    public void Show(ITerminal terminal, bool complete)
    {
        if (!complete)
        {
            terminal.Line($"stopped after step {Progress.Step} of {recipe.Training.Steps}, saved");
            terminal.Line($"go on with: {LauncherCall.Mor} train --resume {LauncherCall.Word(folder.Location)}");
            return;
        }

        if (Progress.Latest.Count > 0)
        {
            terminal.Table("", ["task", "metric", "before", "after", "items"], Progress.Latest.Select(item =>
                (IReadOnlyList<string>)[
                    item.Key,
                    item.Value.Metric,
                    Progress.Before.TryGetValue(item.Key, out var before) ? $"{before.Value:F4}" : "-",
                    $"{item.Value.Value:F4}",
                    $"{item.Value.Items}",
                ]));
        }

        terminal.Line(
            $"loss of a fixed batch {Progress.LossFirst:F4} -> {Progress.LossLast:F4}, "
            + $"{Progress.TokensPerSecond:F0} tokens/s, expert load varies by "
            + $"{LoadStatistics.CoefficientOfVariation(trainer.Loads):P0}, experts without a row "
            + $"{LoadStatistics.DeadExperts(trainer.Loads)}");
        terminal.Line("try next:");
        terminal.Line($"  {LauncherCall.Mor} generate {LauncherCall.Word(folder.Location)} --prompt \"...\"");
        terminal.Line($"  {LauncherCall.Mor} evaluate {LauncherCall.Word(folder.Location)}");
        terminal.Line($"  open {LauncherCall.Word(folder.ReportPath)}");
    }

    /// <summary>Writes <c>report.html</c>.</summary>
    public void WriteReport() => folder.WriteReport(RunReport.Render(new RunReportInput
    {
        Name = Path.GetFileName(folder.Location),
        Router = RouterText(),
        Steps = Progress.Step,
        PlannedSteps = recipe.Training.Steps,
        LossFirst = Progress.LossFirst,
        LossLast = Progress.LossLast,
        TokensPerSecond = Progress.TokensPerSecond,
        DeadExperts = trainer.Loads.Count > 0 ? LoadStatistics.DeadExperts(trainer.Loads) : null,
        AdapterSha256 = AdapterHash(),
        Results = [.. Progress.Before.Select(item => new TaskResult(
            item.Key,
            item.Value.Metric,
            item.Value.Value,
            Progress.Latest.TryGetValue(item.Key, out var after) ? after.Value : null,
            item.Value.Items))],
        Notices = notices,
        RecipeText = recipe.ToYaml(),
        MetricLines = MetricLines(),
    }));

    /// <summary>JSON has no infinities; a number that is not finite is null.</summary>
    private static double? Finite(double? value) => value is { } number && double.IsFinite(number) ? number : null;

    private string RouterText() => recipe.Router.Kind switch
    {
        RecipeRouterKind.None => "none (plain LoRA)",
        RecipeRouterKind.TopK => $"topk, top {recipe.Router.TopK} of {recipe.Experts.Count}",
        _ => $"mor, {recipe.Router.SubRouters} sub-routers, top {recipe.Router.TopK} of {recipe.Experts.Count}",
    };

    /// <summary>SHA-256 of the adapter that the run offers; null before the first checkpoint.</summary>
    private string? AdapterHash() => folder.Checkpoints.AdapterStep() is { } step
        ? folder.Checkpoints.Verify(step).Entry(AdapterFiles.TensorsName).Sha256
        : null;

    private string[] MetricLines()
    {
        using var reader = new StreamReader(disk.OpenRead(folder.MetricsPath));
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private JsonObject Scores(Func<TaskScore, double> value)
    {
        var tasks = new JsonObject();
        foreach (var (task, before) in Progress.Before)
        {
            tasks[task] = new JsonObject
            {
                ["before"] = value(before),
                ["after"] = Progress.Latest.TryGetValue(task, out var after) ? value(after) : null,
            };
        }

        return tasks;
    }
}
