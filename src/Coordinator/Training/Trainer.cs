using MoR.Cluster.Errors;
using MoR.Cluster.Seams;
using MoR.Coordinator.CommandLine;
using MoR.Coordinator.Runs;
using MoR.Engine;
using MoR.Model.Optimisation;
using Serilog;

namespace MoR.Coordinator.Training;

/// <summary>
/// Trains one run to its last step: evaluation before, steps with checkpoints and evaluations between, evaluation after.
/// A stop is honoured between commits and leaves a checkpoint of the last committed step.
/// </summary>
public sealed class Trainer
{
    private readonly TrainerSettings _settings;
    private readonly ITrainedModel _model;
    private readonly RunFolder _folder;
    private readonly ITerminal _terminal;
    private readonly ILogger _log;
    private readonly TimeProvider _time;
    private readonly StepEngine<StepReport> _engine;
    private readonly StatusWriter _status;
    private readonly MetricsLog _metrics;

    /// <summary>Prepares a run, from its last good checkpoint if it has one. Owns nothing that is passed in.</summary>
    public Trainer(
        TrainerSettings settings, ITrainedModel model, RunFolder folder, ITerminal terminal, ILogger log, TimeProvider time,
        IFatalExit fatal, StatusWriter status)
    {
        (_settings, _model, _folder) = (settings, model, folder);
        (_terminal, _log, _time, _status) = (terminal, log, time, status);
        Progress = Restore();
        _engine = new StepEngine<StepReport>(
            model.Math, model.Experts, model.State, fatal, settings.Training.Window, model.MicroBatches);

        // A run without a step begins anew, and evaluates anew before the first.
        _metrics = folder.OpenMetrics(Progress.Step == 0 ? -1 : Progress.Step, Report);
    }

    /// <summary>What the run has reached.</summary>
    public RunProgress Progress { get; private set; }

    /// <summary>Trains until <paramref name="stopAfter"/> (at most the recipe's steps).</summary>
    /// <returns>True if the run is complete, false if it stopped before its last step.</returns>
    /// <exception cref="OperationCanceledException">A stop was asked for; the state is saved.</exception>
    public async Task<bool> RunAsync(long stopAfter, CancellationToken stop)
    {
        var last = Math.Min(stopAfter, _settings.Training.Steps);
        try
        {
            await BeginAsync(stop);
            while (Progress.Step < last && !StopsEarly())
            {
                await StepAsync(stop);
                if (EvaluatesAt(Progress.Step))
                {
                    Save();
                    await EvaluateAndSaveAsync(stop);
                }
                else if (IsMultiple(Progress.Step, _settings.Checkpoint.EverySteps))
                {
                    Save();
                }
            }

            return await EndAsync(stop);
        }
        catch (OperationCanceledException)
        {
            _terminal.Progress("");
            Save();
            throw;
        }
    }

    private RunProgress Restore()
    {
        if (_folder.Checkpoints.Steps().Count == 0)
        {
            return new RunProgress();
        }

        var checkpoint = _folder.Checkpoints.LoadLatest(Report);
        var progress = _model.Restore(checkpoint, Report);
        _folder.Checkpoints.RepairAdapter(checkpoint.Step, Report);
        return progress;
    }

    private async Task BeginAsync(CancellationToken stop)
    {
        await _model.Experts.PublishAsync(_model.State.Version, stop);
        if (Progress.Degraded)
        {
            Warn(DegradedSteps.Warning(Progress.DegradedSteps));
        }

        if (Progress.Step > 0)
        {
            // A run that died in an evaluation has the step but not its scores, and `adapter` depends on them.
            if (EvaluatesAt(Progress.Step) && Progress.LatestStep != Progress.Step)
            {
                await EvaluateAndSaveAsync(stop);
            }

            return;
        }

        Progress = Progress with { LossFirst = await _model.FixedBatchLossAsync(stop) };
        await EvaluateAsync(stop);
    }

    /// <summary>The last evaluation, the last checkpoint. A run that only pauses keeps these for when it goes on.</summary>
    private async Task<bool> EndAsync(CancellationToken stop)
    {
        _terminal.Progress("");
        var complete = Progress.Step >= _settings.Training.Steps || StopsEarly();
        if (complete && Progress.LossLastStep != Progress.Step)
        {
            Save();
            Progress = Progress with { LossLast = await _model.FixedBatchLossAsync(stop), LossLastStep = Progress.Step };
        }

        // On its own: a run that was interrupted in its last evaluation has the loss and not the scores.
        if (complete && Progress.LatestStep != Progress.Step)
        {
            await EvaluateAsync(stop);
        }

        Save();
        return complete;
    }

    private bool EvaluatesAt(long step) => _model.Evaluates && IsMultiple(step, _settings.EvaluationEverySteps);

    /// <summary>Whether something that happens every so many steps happens at this one; 0 is never.</summary>
    private static bool IsMultiple(long step, int every) => every > 0 && step % every == 0;

    private bool StopsEarly() => _settings.EarlyStopPatience > 0
        && Progress.EvaluationsWithoutGain >= _settings.EarlyStopPatience;

    private async Task StepAsync(CancellationToken stop)
    {
        var began = _time.GetTimestamp();
        var step = Progress.Step + 1;
        var (work, report) = await RunStepAsync(step, stop);
        var seconds = _time.GetElapsedTime(began).TotalSeconds;
        Progress = Progress with
        {
            Step = step,
            Updates = _model.State.Optimiser.Updates,
            Tokens = Progress.Tokens + work.Tokens,
            Seconds = Progress.Seconds + seconds,
            SkippedSteps = Progress.SkippedSteps + (report.Skipped ? 1 : 0),
            DegradedSteps = DegradedSteps.After(Progress.DegradedSteps, step, report.MaskedShards),
        };
        StepMetrics.Append(_metrics, report, work, seconds, await _model.TakeLoadAsync());
        if (report.Skipped)
        {
            Report($"step {step}: the gradient is not finite, so the step changed nothing.");
        }

        await ShowProgressAsync(report, seconds, work.Tokens);
    }

    /// <summary>One step. If nodes are missing for it, it is run again without their experts, where the recipe wants that and enough
    /// are left; else what was reached is saved first.</summary>
    private async Task<(StepWork Work, StepReport Report)> RunStepAsync(long step, CancellationToken stop)
    {
        await LiftMaskAsync(step, stop);
        while (true)
        {
            var work = _model.WorkOf(step);
            try
            {
                return (work, await _engine.RunAsync(step, work.MicroBatches, stop));
            }
            catch (RunException problem)
            {
                if (problem is not ShardsLostException lost || _model.Mask is not { } mask || !mask.TryAdd(lost.Shards))
                {
                    _terminal.Progress("");
                    Save();
                    throw;
                }

                Warn($"DEGRADED: {lost.Problem}. Step {step} is run again without {DegradedSteps.Names(mask.Shards)}, that is with "
                    + $"{mask.Experts.Left} of {mask.Experts.Of} experts: the adapter will not be the one that the recipe gives.");
            }
        }
    }

    private async Task LiftMaskAsync(long step, CancellationToken stop)
    {
        if (_model.Mask is { } mask && await mask.LiftAsync(stop) is { Count: > 0 } back)
        {
            Warn($"{DegradedSteps.Names(back)} can be had again from step {step} on; "
                + (mask.Shards.Count == 0 ? "all experts take part." : $"still without {DegradedSteps.Names(mask.Shards)}."));
        }
    }

    private async Task ShowProgressAsync(StepReport report, double seconds, long tokens)
    {
        var left = TimeSpan.FromSeconds(Progress.Seconds / Progress.Step * (_settings.Training.Steps - report.Step));
        _terminal.Progress(
            $"step {report.Step}/{_settings.Training.Steps}  loss {report.Loss:F4}  lr {report.LearningRate:G3}  "
            + $"grad {report.GradientNorm:G3}  {tokens / seconds:F0} tokens/s  {left:hh\\:mm\\:ss} left");
        await _status.StepAsync(report.Step, report.Loss, tokens / seconds, left);
    }

    private async Task EvaluateAndSaveAsync(CancellationToken stop)
    {
        await EvaluateAsync(stop);
        Save();
    }

    private async Task EvaluateAsync(CancellationToken stop)
    {
        if (!_model.Evaluates)
        {
            return;
        }

        await _status.EnterAsync(RunState.Evaluating, Progress.Step);
        var evaluation = await _model.EvaluateAsync(
            state => _terminal.Progress($"evaluating {state}"),
            (name, score) =>
            {
                _terminal.Progress("");
                Report($"step {Progress.Step}: {name} {score.Metric} {score.Value:F4} on {score.Items} items");
            },
            stop);
        StepMetrics.AppendEvaluation(_metrics, Progress.Step, evaluation.Scores);
        Progress = Progress.WithEvaluation(evaluation);
    }

    /// <summary>Saves the last committed step; the run offers the best evaluated checkpoint, else the last.</summary>
    private void Save()
    {
        if (Progress.Step == 0)
        {
            return;
        }

        _folder.Save(Progress.Step, _model.CheckpointFiles(Progress));
        var best = Progress.BestStep is { } step && _folder.Checkpoints.IsWhole(step) ? step : Progress.Step;
        _model.Offer(_folder.Checkpoints, best);
        _folder.Checkpoints.Prune(_settings.Checkpoint.Keep, [best]);
        _log.Information("checkpoint {Step} saved, {Best} is the best", Progress.Step, best);
    }

    /// <summary>What must not be overlooked.</summary>
    private void Warn(string message)
    {
        _terminal.Progress("");
        _terminal.Line(message);
        _log.Warning("{Message}", message);
    }

    private void Report(string message)
    {
        _terminal.Note(message);
        _log.Information("{Message}", message);
    }
}
