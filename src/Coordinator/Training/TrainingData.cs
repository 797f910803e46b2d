using System.Collections.Immutable;
using MoR.Cluster.Errors;
using MoR.Coordinator.Configuration;
using MoR.Coordinator.Data;
using MoR.Coordinator.Evaluation;
using MoR.Coordinator.Models;
using MoR.Model.Backbone;

namespace MoR.Coordinator.Training;

/// <summary>Everything that a run reads: sequences to train on in the order of the schedule, and items to evaluate.</summary>
public sealed class TrainingData
{
    private TrainingData(
        SequenceEncoder encoder, ImmutableArray<TaskData> tasks, TrainingSet set, BatchSchedule schedule,
        ImmutableArray<EvaluationTask> evaluation)
    {
        (Encoder, Tasks, Set, Schedule, Evaluation) = (encoder, tasks, set, schedule, evaluation);
    }

    /// <summary>Prompt and answer to tokens.</summary>
    public SequenceEncoder Encoder { get; }

    /// <summary>The tasks.</summary>
    public ImmutableArray<TaskData> Tasks { get; }

    /// <summary>All training sequences.</summary>
    public TrainingSet Set { get; }

    /// <summary>Which sequences a step takes; steps count from 0 here.</summary>
    public BatchSchedule Schedule { get; }

    /// <summary>What is evaluated; empty with <c>--no-eval</c>.</summary>
    public ImmutableArray<EvaluationTask> Evaluation { get; }

    /// <summary>Reads and encodes all tasks of a recipe.</summary>
    /// <exception cref="InputException">A file is missing or malformed, or a sequence cannot fit.</exception>
    public static TrainingData Load(Recipe recipe, LlamaConfig config, TextCodec text, bool evaluate)
    {
        if (recipe.Data.MaxTokens > config.MaxPositions)
        {
            throw new InputException(
                "data.max_tokens",
                $"{recipe.Data.MaxTokens} is more than the backbone's {config.MaxPositions} positions",
                $"Set data.max_tokens to at most {config.MaxPositions}.");
        }

        if (recipe.Data.Tasks.Count == 0)
        {
            throw new InputException(
                "data.tasks", "it is empty, so there is nothing to train on", "Name at least one task, such as rte.");
        }

        var encoder = new SequenceEncoder(text, recipe.Data.MaxTokens);
        var frames = new ChatFrames(() => text.ChatTemplate);
        ImmutableArray<TaskData> tasks = [.. TaskCatalogue.Load(recipe)
            .Select(task => TaskData.Load(task, recipe.Data.Folder, recipe.Data.MaxTrainItems, frames: frames))];
        var set = TrainingSet.Build(tasks, encoder);
        var schedule = new BatchSchedule(
            set.Sequences.Select(sequence => sequence.Tokens.Length),
            (ulong)recipe.Seed,
            recipe.Training.BatchSequences,
            recipe.Training.MicroBatchSequences);
        ImmutableArray<EvaluationTask> evaluation = evaluate
            ? [.. tasks.Where(task => task.HasEvaluation)
                .Select(task => new EvaluationTask(task, encoder, recipe.Evaluation.MaxItems, (ulong)recipe.Seed))]
            : [];
        return new TrainingData(encoder, tasks, set, schedule, evaluation);
    }

    /// <summary>The packed micro-batches of a step, from 1.</summary>
    public ImmutableArray<PackedBatch> MicroBatches(long step) =>
        [.. Schedule.MicroBatches(step - 1).Select(microBatch => Pack([.. microBatch.Sequences.Select(index => Set.Sequences[index])]))];

    /// <summary>The first step's sequences, whose loss is taken before and after training.</summary>
    public IReadOnlyList<ScoredSequence> FixedBatch() =>
    [
        .. Schedule.MicroBatches(0)
            .SelectMany(microBatch => microBatch.Sequences)
            .Select(index => new ScoredSequence(Set.Sequences[index].Tokens, Set.Sequences[index].PromptLength)),
    ];

    private PackedBatch Pack(TrainingSequence[] sequences) =>
        PackedBatch.ForPrediction(sequences.Select(sequence => (sequence.Tokens, sequence.PromptLength)), TaskIds(sequences));

    private int[] TaskIds(TrainingSequence[] sequences) => [.. sequences.Select(sequence =>
        Tasks.Select(task => task.Definition.Name).ToList().IndexOf(sequence.Task))];
}
