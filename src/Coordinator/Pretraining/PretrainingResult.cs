using System.Text.Json.Nodes;
using MoR.Coordinator.CommandLine;
using MoR.Coordinator.Configuration.Pretraining;
using MoR.Coordinator.Reports;
using MoR.Coordinator.Runs;
using MoR.Coordinator.Training;
using MoR.Model.Pretraining;

namespace MoR.Coordinator.Pretraining;

/// <summary>What the training of a backbone came to.</summary>
internal sealed class PretrainingResult(
    PretrainingRecipe recipe, RunFolder folder, PretrainedFolder backbone, BackboneLayout layout, PretrainingText text,
    Trainer trainer, TrainedBackbone model, PretrainingPlan plan) : IRunResult
{
    private bool _isComplete;

    private RunProgress Progress => trainer.Progress;

    /// <inheritdoc/>
    public void Complete()
    {
        var checkpoint = folder.Checkpoints.Verify(model.OfferedStep!.Value);
        backbone.Write(checkpoint, layout, text, recipe.Output.Dtype);
        _isComplete = true;
    }

    /// <inheritdoc/>
    public JsonObject ToJson() => new()
    {
        ["run"] = folder.Location,
        ["steps"] = Progress.Step,
        ["loss_first"] = Progress.LossFirst,
        ["loss_last"] = Progress.LossLast,
        ["tokens"] = Progress.Tokens,
        ["tokens_per_second"] = Math.Round(Progress.TokensPerSecond, 1),
        ["parameters"] = layout.TrainedCount,
        ["nll"] = ScoreTable.Json(Progress, score => score.Value),
        ["accuracy"] = ScoreTable.Json(Progress, score => score.Accuracy),
        ["skipped_steps"] = Progress.SkippedSteps,
        ["backbone"] = _isComplete ? backbone.Location : null,
        ["backbone_step"] = _isComplete ? model.OfferedStep : null,
    };

    /// <inheritdoc/>
    public void Show(ITerminal terminal)
    {
        ScoreTable.Show(Progress, terminal);
        terminal.Line(
            $"loss of a fixed batch {Progress.LossFirst:F4} -> {Progress.LossLast:F4}, {Progress.Tokens:N0} tokens at "
            + $"{Progress.TokensPerSecond:F0} tokens/s");
        var path = LauncherCall.Word(backbone.Location);
        terminal.Line($"backbone of step {model.OfferedStep}: {backbone.Location}");
        terminal.Line("try next:");
        terminal.Line($"  {LauncherCall.Mor} generate --backbone {path} --prompt \"...\"");
        terminal.Line($"  {LauncherCall.Mor} train RECIPE --set backbone.path={path}");
        terminal.Line($"  open {LauncherCall.Word(folder.ReportPath)}");
    }

    /// <inheritdoc/>
    public void WriteReport() => folder.WriteReport(RunReport.Render(new RunReportInput
    {
        Name = Path.GetFileName(folder.Location),
        Backbone = plan.Architecture,
        Steps = Progress.Step,
        PlannedSteps = recipe.Training.Steps,
        LossFirst = Progress.LossFirst,
        LossLast = Progress.LossLast,
        TokensPerSecond = Progress.TokensPerSecond,
        Results = ScoreTable.Results(Progress),
        Notices = plan.Notices,
        RecipeText = recipe.ToYaml(),
        MetricLines = folder.ReadMetricLines(),
    }));
}
