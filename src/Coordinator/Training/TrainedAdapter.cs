using MoR.Cluster.Membership;
using MoR.Cluster.Seams;
using MoR.Coordinator.Configuration;
using MoR.Coordinator.Evaluation;
using MoR.Coordinator.Generation;
using MoR.Coordinator.Models;
using MoR.Coordinator.Runs;
using MoR.Engine;
using MoR.Model.Adapters;
using MoR.Model.Optimisation;
using MoR.Model.Segments;

namespace MoR.Coordinator.Training;

/// <summary>An adapter on a frozen backbone, and the tasks that it is trained and evaluated on.</summary>
public sealed class TrainedAdapter : ITrainedModel
{
    private const int MostExampleCharacters = 100;
    private readonly Recipe _recipe;
    private readonly LoadedBackbone _backbone;
    private readonly TrainingData _data;
    private readonly AdapterTraining _training;
    private readonly LikelihoodScorer _scorer;
    private readonly TaskEvaluator _evaluator;
    private Func<CancellationToken, Task<ClusterLoad>>? _takeLoad;

    /// <summary>An adapter with its initial values. Owns nothing that is passed in.</summary>
    public TrainedAdapter(Recipe recipe, LoadedBackbone backbone, TrainingData data, AdapterSpec spec)
    {
        (_recipe, _backbone, _data) = (recipe, backbone, data);
        _training = new AdapterTraining(
            backbone, spec, (ulong)recipe.Seed, TrainerSettings.OptimiserOptions(recipe.Training),
            TrainerSettings.Schedule(recipe.Training), recipe.Training.Recompute, recipe.Numerics.Wire);
        Experts = _training.Link;
        var runner = new MicroBatchRunner(backbone.Math, _training.Link);
        MicroBatches = runner;
        _scorer = new LikelihoodScorer(_training.Model, runner, recipe.Training.Window, () => State.Version);
        var generator = new TextGenerator(_training.Model, runner, () => backbone.Text, () => State.Version);
        _evaluator = new TaskEvaluator(_scorer, generator, recipe.Evaluation.LengthNormalisation);
    }

    /// <inheritdoc/>
    public TrainableState State => _training.State;

    /// <inheritdoc/>
    public IMathExecutor Math => _backbone.Math;

    /// <inheritdoc/>
    public IExpertLink Experts { get; private set; }

    /// <inheritdoc/>
    public IMicroBatchTrainer MicroBatches { get; private set; }

    /// <inheritdoc/>
    public ShardMask? Mask { get; private set; }

    /// <summary>What nodes and shards had to do in all steps of this session; null if there are none.</summary>
    public ClusterLoad? Load { get; private set; }

    /// <inheritdoc/>
    public bool Evaluates => _data.Evaluation.Length > 0;

    /// <summary>Rows that each expert got over the whole run, site by site in the order of their names; see
    /// <see cref="LoadStatistics"/>.</summary>
    public IReadOnlyList<IReadOnlyList<long>> Loads => AdapterCheckpoint.Loads(State.RouterState);

    /// <summary>Backbone and adapter.</summary>
    public AdaptedModel Model => _training.Model;

    /// <summary>Has training ask nodes from now on; what is evaluated stays in this process, where the parameters are.</summary>
    /// <param name="experts">The way to the experts.</param>
    /// <param name="epoch">Of this coordinator.</param>
    /// <param name="trainer">Makes what hands micro-batches out, from what trains them here.</param>
    /// <param name="mask">What it can do without; null if nothing.</param>
    /// <param name="takeLoad">Takes what nodes and shards had to do since the last time.</param>
    public void TrainOn(
        IExpertLink experts, long epoch, Func<IMicroBatchTrainer, IMicroBatchTrainer> trainer, ShardMask? mask,
        Func<CancellationToken, Task<ClusterLoad>> takeLoad)
    {
        (Mask, _takeLoad) = (mask, takeLoad);
        _training.Epoch = epoch;
        Experts = experts;
        MicroBatches = trainer(new MicroBatchRunner(Math, Experts));
    }

    /// <summary>A prompt of a task that was not trained on, to try the adapter with; null if none is a short line.</summary>
    public string? ExamplePrompt(string task) => _data.Evaluation
        .Where(item => item.Definition.Name == task && !item.Definition.IsChat)
        .SelectMany(item => item.Items)
        .Select(item => item.Prompt)
        .FirstOrDefault(prompt => prompt.Length <= MostExampleCharacters && !prompt.Contains('\n', StringComparison.Ordinal));

    /// <inheritdoc/>
    public StepWork WorkOf(long step) => _training.WorkOf(step, _data.MicroBatches(step), Mask?.Shards ?? []);

    /// <inheritdoc/>
    public async Task<ClusterLoad?> TakeLoadAsync()
    {
        if (_takeLoad is null)
        {
            return null;
        }

        var load = await _takeLoad(CancellationToken.None);
        Load = Load?.Plus(load) ?? load;
        return load;
    }

    /// <inheritdoc/>
    public async Task<double> FixedBatchLossAsync(CancellationToken stop)
    {
        var sequences = _data.FixedBatch();
        var scores = await _scorer.ScoreAsync(sequences, null, stop);
        return -scores.Sum() / sequences.Sum(sequence => (long)sequence.Tokens.Length - sequence.PromptLength);
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
    public void Dispose() => _training.Dispose();
}
