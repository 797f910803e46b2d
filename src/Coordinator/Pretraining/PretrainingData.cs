using System.Collections.Immutable;
using MoR.Cluster.Random;
using MoR.Coordinator.Configuration;
using MoR.Coordinator.Configuration.Pretraining;
using MoR.Coordinator.Data;
using MoR.Coordinator.Pretraining.Corpora;
using MoR.Model.Backbone;

namespace MoR.Coordinator.Pretraining;

/// <summary>
/// Which sequences each step trains on: a pure function of the recipe and the step, so that a resumed run gets the same.
/// </summary>
/// <remarks>
/// Sequence n of the run (counted over all steps) comes from the files if ⌊(n + 1)·f⌋ &gt; ⌊n·f⌋, with f their share, and is
/// then their sequence number ⌊n·f⌋; else it is document n of a corpus that is drawn by weight from n.
/// </remarks>
internal sealed class PretrainingData
{
    private const ulong SourceStream = 0x7072657473726365; // "pretsrce", followed by the sequence's number
    private readonly RecipeTraining _training;
    private readonly ulong _seed;
    private readonly double _filesShare;
    private readonly ISequenceSource? _files;
    private readonly ImmutableArray<ISequenceSource> _corpora;
    private readonly double[] _corpusWeights;

    private PretrainingData(PretrainingRecipe recipe, ISequenceSource? files, ImmutableArray<ISequenceSource> corpora)
    {
        _seed = (ulong)recipe.Seed;
        _training = recipe.Training;
        (_files, _corpora) = (files, corpora);
        Sources = files is null ? corpora : [files, .. corpora];
        var weights = recipe.Data.Weights.Count > 0 ? [.. recipe.Data.Weights] : Enumerable.Repeat(1.0, Sources.Length).ToArray();
        _filesShare = files is null ? 0 : corpora.Length == 0 ? 1 : weights[0] / weights.Sum();
        _corpusWeights = files is null ? weights : weights[1..];
        Validation = [.. Sources.Zip(weights).Select(pair => (pair.First.Name, pair.First.Validation(
            (int)Math.Ceiling(recipe.Evaluation.MaxSequences * pair.Second / weights.Sum()))))
            .Where(source => source.Item2.Count > 0)];
    }

    /// <summary>Where sequences come from.</summary>
    public ImmutableArray<ISequenceSource> Sources { get; }

    /// <summary>Sequences to evaluate, by source; only sources that have some.</summary>
    public ImmutableArray<(string Source, IReadOnlyList<int[]> Sequences)> Validation { get; }

    /// <summary>Reads the files and opens the corpora of a recipe.</summary>
    /// <exception cref="MoR.Cluster.Errors.InputException">A file is missing, malformed or too short.</exception>
    public static PretrainingData Load(PretrainingRecipe recipe, ITextEncoder text)
    {
        var (data, seed) = (recipe.Data, (ulong)recipe.Seed);
        var files = data.Files.Count > 0
            ? new FileSource(data.Files, text, data.MaxTokens, data.ValidationFraction, seed)
            : null;
        return new PretrainingData(
            recipe,
            files,
            [.. data.Corpora.Select(name => new DocumentSource(CorpusCatalogue.Of(name), text, data.MaxTokens, seed))]);
    }

    /// <summary>The sequences of a step, from 1, in drawn order.</summary>
    public int[][] Sequences(long step) =>
        [.. Enumerable.Range(0, _training.BatchSequences).Select(i => Sequence(checked(((step - 1) * _training.BatchSequences) + i)))];

    /// <summary>The packed micro-batches of a step, from 1.</summary>
    public ImmutableArray<PackedBatch> MicroBatches(long step) =>
        [.. EvenGroups.Of(Sequences(step), _training.MicroBatchesPerStep, _training.MicroBatchSequences).Select(Pack)];

    /// <summary>Every token after the first of each sequence is predicted.</summary>
    public static PackedBatch Pack(IEnumerable<int[]> sequences) =>
        PackedBatch.ForPrediction(sequences.Select(sequence => (sequence, 1)));

    private int[] Sequence(long number)
    {
        var fromFiles = (long)Math.Floor(number * _filesShare);
        if (_files is not null && (_corpora.Length == 0 || (long)Math.Floor((number + 1) * _filesShare) > fromFiles))
        {
            return _files.Training(_corpora.Length == 0 ? number : fromFiles);
        }

        var drawn = new CounterRandom(_seed, SourceStream, (ulong)number).NextDouble() * _corpusWeights.Sum();
        var corpus = 0;
        while (corpus < _corpora.Length - 1 && drawn >= _corpusWeights[corpus])
        {
            drawn -= _corpusWeights[corpus];
            corpus++;
        }

        return _corpora[corpus].Training(number);
    }
}
