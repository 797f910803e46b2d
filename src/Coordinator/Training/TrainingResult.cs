using System.Text.Json.Nodes;
using MoR.Coordinator.Benchmarks.Runtime;
using MoR.Coordinator.Cluster;
using MoR.Coordinator.CommandLine;
using MoR.Coordinator.Configuration;
using MoR.Coordinator.Reports;
using MoR.Coordinator.Runs;
using MoR.Model.Adapters;

namespace MoR.Coordinator.Training;

/// <summary>What the training of an adapter came to.</summary>
internal sealed class TrainingResult(
    Recipe recipe, RunFolder folder, Trainer trainer, TrainedAdapter adapter, IReadOnlyList<string> notices,
    ClusterSession? cluster) : IRunResult
{
    private RunProgress Progress => trainer.Progress;

    /// <inheritdoc/>
    public JsonObject ToJson() => new()
    {
        ["run"] = folder.Location,
        ["router"] = recipe.Router.Kind.ToString().ToLowerInvariant(),
        ["steps"] = Progress.Step,
        ["loss_first"] = Progress.LossFirst,
        ["loss_last"] = Progress.LossLast,
        ["tokens_per_second"] = Math.Round(Progress.TokensPerSecond, 1),
        ["adapter_sha256"] = AdapterHash(),
        ["accuracy"] = ScoreTable.Json(Progress, score => score.Accuracy),
        ["metrics"] = ScoreTable.Json(Progress, score => score.Value),
        ["constant_accuracy"] = ScoreTable.Constants(Progress),
        ["gain"] = ScoreTable.Gains(Progress),
        ["mean_gain"] = ScoreTable.MeanGain(Progress),
        ["load_cv"] = LoadStatistics.CoefficientOfVariation(adapter.Loads),
        ["dead_experts"] = LoadStatistics.DeadExperts(adapter.Loads),
        ["skipped_steps"] = Progress.SkippedSteps,
        ["degraded"] = Progress.Degraded,
        ["degraded_steps"] = new JsonArray([.. Progress.DegradedSteps.Select(steps => new JsonObject
        {
            ["first"] = steps.First,
            ["last"] = steps.Last,
            ["shards"] = new JsonArray([.. steps.Shards.Select(shard => (JsonNode)shard)]),
        })]),
        ["memory_peak_bytes"] = OwnMemory.PeakBytes(),
        ["nodes"] = cluster?.Counters.Joined ?? 0,
        ["retries"] = cluster?.Counters.Retries ?? 0,
        ["hedges"] = cluster?.Counters.Hedges ?? 0,
        ["worker_micro_batches"] = cluster?.Counters.MicroBatches ?? 0,
    };

    /// <inheritdoc/>
    public void Show(ITerminal terminal)
    {
        ScoreTable.Show(Progress, terminal);
        if (Progress.Degraded)
        {
            terminal.Line(DegradedSteps.Warning(Progress.DegradedSteps));
        }

        terminal.Line(
            $"loss of a fixed batch {Progress.LossFirst:F4} -> {Progress.LossLast:F4}, "
            + $"{Progress.TokensPerSecond:F0} tokens/s, expert load varies by "
            + $"{LoadStatistics.CoefficientOfVariation(adapter.Loads):P0}, experts without a row "
            + $"{LoadStatistics.DeadExperts(adapter.Loads)}");
        if (adapter.Load is { } load)
        {
            ClusterMetrics.Show(terminal, load);
        }

        terminal.Line($"report: {folder.ReportPath}");
        terminal.Line("try next:");
        var run = LauncherCall.Word(folder.Location);
        terminal.Line($"  {LauncherCall.Mor} generate {run} --prompt {LauncherCall.Word(ExamplePrompt())}");
        terminal.Line($"  {LauncherCall.Mor} evaluate {run}");
        terminal.Line($"  {LauncherCall.Mor} export {run}");
    }

    /// <summary>Of the task that the adapter answers best.</summary>
    private string ExamplePrompt() => Progress.Latest.Count == 0
        ? "..."
        : adapter.ExamplePrompt(Progress.Latest.MaxBy(item => item.Value.Accuracy ?? 0).Key) ?? "...";

    /// <inheritdoc/>
    public void WriteReport() => folder.WriteReport(RunReport.Render(new RunReportInput
    {
        Name = Path.GetFileName(folder.Location),
        Router = RouterText(),
        Steps = Progress.Step,
        PlannedSteps = recipe.Training.Steps,
        LossFirst = Progress.LossFirst,
        LossLast = Progress.LossLast,
        TokensPerSecond = Progress.TokensPerSecond,
        DeadExperts = adapter.Loads.Count > 0 ? LoadStatistics.DeadExperts(adapter.Loads) : null,
        AdapterSha256 = AdapterHash(),
        Results = ScoreTable.Results(Progress),
        Notices = Progress.Degraded ? [DegradedSteps.Warning(Progress.DegradedSteps), .. notices] : notices,
        RecipeText = recipe.ToYaml(),
        MetricLines = folder.ReadMetricLines(),
    }));

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
}
