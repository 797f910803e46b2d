using MoR.Cluster.Seams;
using MoR.Coordinator.Configuration.Pretraining;
using MoR.Coordinator.Evaluation;
using MoR.Coordinator.Runs;
using MoR.Coordinator.Training;
using MoR.Engine;
using MoR.Model.Optimisation;
using MoR.Model.Pretraining;
using MoR.Model.Runtime;
using MoR.Model.Segments;
using MoR.Torch.Runtime;
using static TorchSharp.torch;

namespace MoR.Coordinator.Pretraining;

/// <summary>A backbone that learns from its initial values on, and the text that it learns from.</summary>
internal sealed class TrainedBackbone : ITrainedModel
{
    /// <summary>Name of the metric: mean negative log-likelihood per predicted token, in nats.</summary>
    public const string Metric = Metrics.NegativeLogLikelihood;

    private readonly PretrainingRecipe _recipe;
    private readonly PretrainingData _data;
    private readonly BackboneParameters _parameters;
    private readonly AdamW _optimiser;
    private readonly MicroBatchRunner _runner;

    /// <summary>A backbone with its initial values. Owns nothing that is passed in.</summary>
    public TrainedBackbone(
        PretrainingRecipe recipe, BackboneLayout layout, PretrainingData data, MathPool pool, Device device)
    {
        (_recipe, _data) = (recipe, data);
        Math = new MathPoolExecutor(pool);
        _parameters = new BackboneParameters(layout, float32, device);
        _parameters.Vector.Initialise((ulong)recipe.Seed);
        _optimiser = new AdamW(_parameters.Vector, TrainerSettings.OptimiserOptions(recipe.Training), pool);
        State = new TrainableState(_parameters.Vector, _optimiser, TrainerSettings.Schedule(recipe.Training));
        _runner = new MicroBatchRunner(Math, Experts);
    }

    /// <inheritdoc/>
    public TrainableState State { get; }

    /// <inheritdoc/>
    public IMathExecutor Math { get; }

    /// <inheritdoc/>
    public IExpertLink Experts { get; } = new NoExperts();

    /// <inheritdoc/>
    public bool Evaluates => _data.Validation.Length > 0;

    /// <summary>The checkpoint that the result is made of; null before the first.</summary>
    public long? OfferedStep { get; private set; }

    /// <inheritdoc/>
    public StepWork WorkOf(long step) => StepWork.Of(
        _data.MicroBatches(step), State.Version, (ulong)_recipe.Seed, step, epoch: 0,
        (batch, context) => new BackboneMicroBatch(_parameters, batch, context));

    /// <inheritdoc/>
    public async Task<double> FixedBatchLossAsync(CancellationToken stop) =>
        (await ScoreAsync(_data.Sequences(1), stop)).Nll;

    /// <inheritdoc/>
    public async Task<EvaluationScores> EvaluateAsync(
        Action<string> progress, Action<string, TaskScore> scored, CancellationToken stop)
    {
        var scores = new Dictionary<string, TaskScore>(StringComparer.Ordinal);
        foreach (var (source, sequences) in _data.Validation)
        {
            progress($"{source}: {sequences.Count} sequences");
            var (nll, accuracy, targets) = await ScoreAsync(sequences, stop);
            scores[source] = new TaskScore(Metric, nll, accuracy, targets);
            scored(source, scores[source]);
        }

        var mean = scores.Values.Sum(score => score.Value * score.Items) / scores.Values.Sum(score => (long)score.Items);
        return new EvaluationScores(scores, -mean);
    }

    /// <inheritdoc/>
    public IReadOnlyList<CheckpointFile> CheckpointFiles(RunProgress progress) => BackboneCheckpoint.Files(State, progress);

    /// <inheritdoc/>
    public RunProgress Restore(Checkpoint checkpoint, Action<string> notice) => BackboneCheckpoint.Restore(checkpoint, State);

    /// <inheritdoc/>
    public void Offer(CheckpointStore checkpoints, long step) => OfferedStep = step;

    /// <inheritdoc/>
    public void Dispose()
    {
        State.Dispose();
        _optimiser.Dispose();
        _parameters.Dispose();
    }

    /// <summary>Mean NLL per predicted token in nats, the share of tokens that were the most likely, and their number.</summary>
    private async Task<(double Nll, double Accuracy, int Targets)> ScoreAsync(
        IReadOnlyList<int[]> sequences, CancellationToken stop)
    {
        var (logLikelihood, hits, targets) = (0.0, 0L, 0);
        foreach (var together in Batches(sequences).Chunk(_recipe.Training.Window))
        {
            stop.ThrowIfCancellationRequested();
            foreach (var (sum, right, count) in await Task.WhenAll(together.Select(batch => ScoreBatchAsync(batch, stop))))
            {
                logLikelihood += sum;
                hits += right;
                targets += count;
            }
        }

        return (-logLikelihood / targets, (double)hits / targets, targets);
    }

    private async Task<(double LogLikelihood, long Hits, int Targets)> ScoreBatchAsync(
        IReadOnlyList<int[]> sequences, CancellationToken stop)
    {
        var packed = PretrainingData.Pack(sequences);
        using var microBatch = new BackboneMicroBatch(_parameters, packed, MicroBatchContext.Inference(State.Version));
        await _runner.ForwardAsync(microBatch, stop);
        return (microBatch.LogLikelihoods.Sum(), microBatch.Hits, packed.Targets.Length);
    }

    private static IEnumerable<List<int[]>> Batches(IEnumerable<int[]> sequences)
    {
        var batch = new List<int[]>();
        foreach (var sequence in sequences)
        {
            if (batch.Count > 0 && batch.Sum(item => item.Length) + sequence.Length > LikelihoodScorer.BatchTokens)
            {
                yield return batch;
                batch = [];
            }

            batch.Add(sequence);
        }

        if (batch.Count > 0)
        {
            yield return batch;
        }
    }
}
