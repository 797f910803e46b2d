using MoR.Cluster.Seams;
using MoR.Coordinator.CommandLine;
using MoR.Coordinator.Configuration;
using MoR.Coordinator.Evaluation;
using MoR.Coordinator.Generation;
using MoR.Coordinator.Models;
using MoR.Coordinator.Runs;
using MoR.Engine;
using MoR.Model.Adapters;
using MoR.Model.Experts;
using MoR.Model.Optimisation;
using MoR.Model.Segments;
using Serilog;

namespace MoR.Coordinator.Training;

/// <summary>
/// Trains one run to its last step: evaluation before, steps with checkpoints and evaluations between, evaluation after.
/// A stop is honoured between commits and leaves a checkpoint of the last committed step.
/// </summary>
public sealed class Trainer : IDisposable
{
    private readonly Recipe _recipe;
    private readonly LoadedBackbone _backbone;
    private readonly TrainingData _data;
    private readonly RunFolder _folder;
    private readonly ITerminal _terminal;
    private readonly ILogger _log;
    private readonly TimeProvider _time;
    private readonly ParameterVector _parameters;
    private readonly AdamW _optimiser;
    private readonly TrainableState _state;
    private readonly StepEngine<StepReport> _engine;
    private readonly LikelihoodScorer _scorer;
    private readonly TaskEvaluator _evaluator;
    private readonly AdaptedModel _model;
    private readonly MetricsLog _metrics;

    /// <summary>Prepares a run, from its last good checkpoint if it has one. Owns nothing that is passed in.</summary>
    public Trainer(
        Recipe recipe, LoadedBackbone backbone, TrainingData data, RunFolder folder, AdapterSpec spec,
        ITerminal terminal, ILogger log, TimeProvider time, IFatalExit fatal)
    {
        (_recipe, _backbone, _data, _folder) = (recipe, backbone, data, folder);
        (_terminal, _log, _time) = (terminal, log, time);
        var weights = backbone.Backbone;
        var layout = new AdapterLayout(weights.Config, spec);
        _parameters = new ParameterVector(layout, weights.Dtype, weights.Device);
        _parameters.Initialise((ulong)recipe.Seed);
        _optimiser = new AdamW(_parameters, OptimiserOptions(recipe.Training), backbone.Pool);
        _state = new TrainableState(_parameters, _optimiser, Schedule(recipe.Training));
        Progress = Restore();
        _model = new AdaptedModel(weights, _parameters, _state.RouterState, backbone.Pool);
        var link = new InProcessExpertLink(backbone.Math, new ShardParameters(_parameters), _state.Version);
        _engine = new StepEngine<StepReport>(backbone.Math, link, _state, fatal, recipe.Training.Window);
        var runner = new MicroBatchRunner(backbone.Math, link);
        _scorer = new LikelihoodScorer(_model, runner, recipe.Training.Window, () => _state.Version);
        var generator = new TextGenerator(_model, runner, () => backbone.Text, () => _state.Version);
        _evaluator = new TaskEvaluator(_scorer, generator, recipe.Evaluation.LengthNormalisation);

        // A run without a step begins anew, and evaluates anew before the first.
        _metrics = folder.OpenMetrics(Progress.Step == 0 ? -1 : Progress.Step, Report);
    }

    /// <summary>What the run has reached.</summary>
    public RunProgress Progress { get; private set; }

    /// <summary>Rows that each expert got over the whole run, site by site in the order of their names; see
    /// <see cref="LoadStatistics"/>.</summary>
    public IReadOnlyList<IReadOnlyList<long>> Loads => CheckpointContent.Loads(_state.RouterState);

    /// <summary>Trains until <paramref name="stopAfter"/> (at most the recipe's steps).</summary>
    /// <returns>True if the run is complete, false if it stopped before its last step.</returns>
    /// <exception cref="OperationCanceledException">A stop was asked for; the state is saved.</exception>
    public async Task<bool> RunAsync(long stopAfter, CancellationToken stop)
    {
        var last = Math.Min(stopAfter, _recipe.Training.Steps);
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
                else if (IsMultiple(Progress.Step, _recipe.Checkpoint.EverySteps))
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

    /// <inheritdoc/>
    public void Dispose()
    {
        _state.Dispose();
        _optimiser.Dispose();
        _parameters.Dispose();
    }

    private static AdamWOptions OptimiserOptions(RecipeTraining training) => new()
    {
        Beta1 = training.Beta1,
        Beta2 = training.Beta2,
        Epsilon = training.Epsilon,
        WeightDecay = training.WeightDecay,
        ClipNorm = training.ClipNorm,
    };

    private static LearningRateSchedule Schedule(RecipeTraining training) => new()
    {
        Peak = training.LearningRate,
        Steps = training.Steps,
        WarmupSteps = training.WarmupSteps,
        Decay = Enum.Parse<DecayShape>(training.Schedule.ToString()),
        FloorFraction = training.MinLearningRateFraction,
    };

    private RunProgress Restore()
    {
        if (_folder.Checkpoints.Steps().Count == 0)
        {
            return new RunProgress();
        }

        var checkpoint = _folder.Checkpoints.LoadLatest(Report);
        var progress = CheckpointContent.Restore(
            checkpoint, _state, _backbone.Backbone.Fingerprint, Report);
        _folder.Checkpoints.RepairAdapter(checkpoint.Step, Report);
        return progress;
    }

    private async Task BeginAsync(CancellationToken stop)
    {
        if (Progress.Step > 0)
        {
            // A run that died in an evaluation has the step but not its scores, and `adapter` depends on them.
            if (EvaluatesAt(Progress.Step) && Progress.LatestStep != Progress.Step)
            {
                await EvaluateAndSaveAsync(stop);
            }

            return;
        }

        Progress = Progress with { LossFirst = await FixedBatchLossAsync(stop) };
        await EvaluateAsync(stop);
    }

    /// <summary>The last evaluation, the last checkpoint. A run that only pauses keeps these for when it goes on.</summary>
    private async Task<bool> EndAsync(CancellationToken stop)
    {
        _terminal.Progress("");
        var complete = Progress.Step >= _recipe.Training.Steps || StopsEarly();
        if (complete && Progress.LossLastStep != Progress.Step)
        {
            Save();
            Progress = Progress with { LossLast = await FixedBatchLossAsync(stop), LossLastStep = Progress.Step };
        }

        // On its own: a run that was interrupted in its last evaluation has the loss and not the scores.
        if (complete && Progress.LatestStep != Progress.Step)
        {
            await EvaluateAsync(stop);
        }

        Save();
        return complete;
    }

    private bool EvaluatesAt(long step) =>
        _data.Evaluation.Length > 0 && IsMultiple(step, _recipe.Evaluation.EverySteps);

    /// <summary>Whether something that happens every so many steps happens at this one; 0 is never.</summary>
    private static bool IsMultiple(long step, int every) => every > 0 && step % every == 0;

    private bool StopsEarly() => _recipe.Evaluation.EarlyStopPatience > 0
        && Progress.EvaluationsWithoutGain >= _recipe.Evaluation.EarlyStopPatience;

    private async Task StepAsync(CancellationToken stop)
    {
        var began = _time.GetTimestamp();
        var step = Progress.Step + 1;
        var batches = _data.MicroBatches(step);
        var context = new MicroBatchContext
        {
            ShardVersion = _state.Version,
            Training = true,
            Seed = (ulong)_recipe.Seed,
            Step = step,
            StepTargets = batches.Sum(batch => (long)batch.Targets.Length),
            StepTokens = batches.Sum(batch => (long)batch.Tokens.Length),
        };
        var report = await _engine.RunAsync(
            step,
            batches.Length,
            position => new LlamaMicroBatch(_model, batches[position], context with { Position = position }),
            stop);
        var seconds = _time.GetElapsedTime(began).TotalSeconds;
        Progress = Progress with
        {
            Step = step,
            Updates = _optimiser.Updates,
            Tokens = Progress.Tokens + context.StepTokens,
            Seconds = Progress.Seconds + seconds,
            SkippedSteps = Progress.SkippedSteps + (report.Skipped ? 1 : 0),
        };
        StepMetrics.Append(_metrics, report, context, seconds);
        if (report.Skipped)
        {
            Report($"step {step}: the gradient is not finite, so the step changed nothing.");
        }

        ShowProgress(report, seconds, context.StepTokens);
    }

    private void ShowProgress(StepReport report, double seconds, long tokens)
    {
        var left = TimeSpan.FromSeconds(Progress.Seconds / Progress.Step * (_recipe.Training.Steps - report.Step));
        _terminal.Progress(
            $"step {report.Step}/{_recipe.Training.Steps}  loss {report.Loss:F4}  lr {report.LearningRate:G3}  "
            + $"grad {report.GradientNorm:G3}  {tokens / seconds:F0} tokens/s  {left:hh\\:mm\\:ss} left");
    }

    /// <summary>Mean NLL of the first step's sequences, without dropout: the same batch before and after training.</summary>
    private async Task<double> FixedBatchLossAsync(CancellationToken stop)
    {
        var sequences = _data.Schedule.MicroBatches(0)
            .SelectMany(microBatch => microBatch.Sequences)
            .Select(index => _data.Set.Sequences[index])
            .ToList();
        var scores = await _scorer.ScoreAsync(
            sequences.ConvertAll(sequence => new ScoredSequence(sequence.Tokens, sequence.PromptLength)), null, stop);
        return -scores.Sum() / sequences.Sum(sequence => sequence.SupervisedTokens);
    }

    private async Task EvaluateAndSaveAsync(CancellationToken stop)
    {
        await EvaluateAsync(stop);
        Save();
    }

    private async Task EvaluateAsync(CancellationToken stop)
    {
        if (_data.Evaluation.Length == 0)
        {
            return;
        }

        var scores = new Dictionary<string, TaskScore>(StringComparer.Ordinal);
        foreach (var task in _data.Evaluation)
        {
            var name = task.Definition.Name;
            var result = await _evaluator.EvaluateAsync(
                task, (done, total) => _terminal.Progress($"evaluating {name}: {done}/{total}"), stop);
            scores[name] = new TaskScore(result.Name, result.Value, result.Accuracy, result.Count);
            _terminal.Progress("");
            Report($"step {Progress.Step}: {name} {result.Name} {result.Value:F4} on {result.Count} items");
        }

        StepMetrics.AppendEvaluation(_metrics, Progress.Step, scores);
        Progress = Progress.WithEvaluation(scores);
    }

    /// <summary>Saves the last committed step; <c>adapter</c> points to the best evaluated checkpoint, else to the last.</summary>
    private void Save()
    {
        if (Progress.Step == 0)
        {
            return;
        }

        var files = CheckpointContent.Files(_state, Progress, _recipe.Backbone.Path, _backbone.Backbone.Fingerprint);
        _folder.Save(Progress.Step, files);
        var best = Progress.BestStep is { } step && _folder.Checkpoints.IsWhole(step) ? step : Progress.Step;
        _folder.Checkpoints.PointAdapterTo(best);
        _folder.Checkpoints.Prune(_recipe.Checkpoint.Keep, [best]);
        _log.Information("checkpoint {Step} saved, adapter points to {Best}", Progress.Step, best);
    }

    private void Report(string message)
    {
        _terminal.Note(message);
        _log.Information("{Message}", message);
    }
}
