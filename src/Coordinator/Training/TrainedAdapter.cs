using MoR.Cluster.Seams;
using MoR.Coordinator.Configuration;
using MoR.Coordinator.Evaluation;
using MoR.Coordinator.Generation;
using MoR.Coordinator.Models;
using MoR.Coordinator.Runs;
using MoR.Engine;
using MoR.Model.Adapters;
using MoR.Model.Experts;
using MoR.Model.Optimisation;
using MoR.Model.Parameters;
using MoR.Model.Segments;

namespace MoR.Coordinator.Training;

/// <summary>An adapter on a frozen backbone, and the tasks that it is trained and evaluated on.</summary>
public sealed class TrainedAdapter : ITrainedModel
{
    private const int MostExampleCharacters = 100;
    private readonly Recipe _recipe;
    private readonly LoadedBackbone _backbone;
    private readonly TrainingData _data;
    private readonly ParameterVector _parameters;
    private readonly AdamW _optimiser;
    private readonly AdaptedModel _model;
    private readonly InProcessExpertLink _link;
    private readonly LikelihoodScorer _scorer;
    private readonly TaskEvaluator _evaluator;

    /// <summary>An adapter with its initial values. Owns nothing that is passed in.</summary>
    public TrainedAdapter(Recipe recipe, LoadedBackbone backbone, TrainingData data, AdapterSpec spec)
    {
        (_recipe, _backbone, _data) = (recipe, backbone, data);
        var weights = backbone.Backbone;
        _parameters = new ParameterVector(new AdapterLayout(weights.Config, spec), weights.Dtype, weights.Device);
        _parameters.Initialise((ulong)recipe.Seed);
        _optimiser = new AdamW(_parameters, TrainerSettings.OptimiserOptions(recipe.Training), backbone.Pool);
        State = new TrainableState(_parameters, _optimiser, TrainerSettings.Schedule(recipe.Training));
        _model = new AdaptedModel(weights, _parameters, State.RouterState, backbone.Pool);
        _link = new InProcessExpertLink(backbone.Math, new ShardParameters(_parameters), State.Version);
        var runner = new MicroBatchRunner(backbone.Math, _link);
        _scorer = new LikelihoodScorer(_model, runner, recipe.Training.Window, () => State.Version);
        var generator = new TextGenerator(_model, runner, () => backbone.Text, () => State.Version);
        _evaluator = new TaskEvaluator(_scorer, generator, recipe.Evaluation.LengthNormalisation);
    }

    /// <inheritdoc/>
    public TrainableState State { get; }

    /// <inheritdoc/>
    public IMathExecutor Math => _backbone.Math;

    /// <inheritdoc/>
    public IExpertLink Experts => _link;

    /// <inheritdoc/>
    public bool Evaluates => _data.Evaluation.Length > 0;

    /// <summary>Rows that each expert got over the whole run, site by site in the order of their names; see
    /// <see cref="LoadStatistics"/>.</summary>
    public IReadOnlyList<IReadOnlyList<long>> Loads => AdapterCheckpoint.Loads(State.RouterState);

    /// <summary>A prompt of a task that was not trained on, to try the adapter with; null if none is a short line.</summary>
    public string? ExamplePrompt(string task) => _data.Evaluation
        .Where(item => item.Definition.Name == task && !item.Definition.IsChat)
        .SelectMany(item => item.Items)
        .Select(item => item.Prompt)
        .FirstOrDefault(prompt => prompt.Length <= MostExampleCharacters && !prompt.Contains('\n', StringComparison.Ordinal));

    /// <inheritdoc/>
    public StepWork WorkOf(long step)
    {
        var batches = _data.MicroBatches(step);
        var context = new MicroBatchContext
        {
            ShardVersion = State.Version,
            Training = true,
            Seed = (ulong)_recipe.Seed,
            Step = step,
            StepTargets = batches.Sum(batch => (long)batch.Targets.Length),
            StepTokens = batches.Sum(batch => (long)batch.Tokens.Length),
        };
        return new StepWork(
            batches.Length,
            position => new LlamaMicroBatch(_model, batches[position], context with { Position = position }),
            context.StepTokens,
            context.StepTargets);
    }

    /// <inheritdoc/>
    public async Task<double> FixedBatchLossAsync(CancellationToken stop)
    {
        var sequences = _data.Schedule.MicroBatches(0)
            .SelectMany(microBatch => microBatch.Sequences)
            .Select(index => _data.Set.Sequences[index])
            .ToList();
        var scores = await _scorer.ScoreAsync(
            sequences.ConvertAll(sequence => new ScoredSequence(sequence.Tokens, sequence.PromptLength)), null, stop);
        return -scores.Sum() / sequences.Sum(sequence => sequence.SupervisedTokens);
    }

    /// <inheritdoc/>
    public async Task<EvaluationScores> EvaluateAsync(
        Action<string> progress, Action<string, TaskScore> scored, CancellationToken stop)
    {
        var scores = new Dictionary<string, TaskScore>(StringComparer.Ordinal);
        foreach (var task in _data.Evaluation)
        {
            var name = task.Definition.Name;
            var result = await _evaluator.EvaluateAsync(task, (done, total) => progress($"{name}: {done}/{total}"), stop);
            scores[name] = new TaskScore(result.Name, result.Value, result.Accuracy, result.Count)
            {
                ConstantAccuracy = task.ConstantAccuracy,
            };
            scored(name, scores[name]);
        }

        return new EvaluationScores(scores, scores.Values.Average(score => score.ToMerit()));
    }

    /// <inheritdoc/>
    public IReadOnlyList<CheckpointFile> CheckpointFiles(RunProgress progress) =>
        AdapterCheckpoint.Files(State, progress, _recipe.Backbone.Path, _backbone.Backbone.Fingerprint);

    /// <inheritdoc/>
    public RunProgress Restore(Checkpoint checkpoint, Action<string> notice) =>
        AdapterCheckpoint.Restore(checkpoint, State, _backbone.Backbone.Fingerprint, notice);

    /// <inheritdoc/>
    public void Offer(CheckpointStore checkpoints, long step) => checkpoints.PointAdapterTo(step);

    /// <inheritdoc/>
    public void Dispose()
    {
        State.Dispose();
        _optimiser.Dispose();
        _parameters.Dispose();
    }
}
