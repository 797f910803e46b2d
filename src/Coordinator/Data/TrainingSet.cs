using System.Collections.Immutable;
using MoR.Cluster.Errors;

namespace MoR.Coordinator.Data;

/// <summary>
/// The training sequences of a run: those of every task, one task after the other. Tasks mix by size, since every
/// sequence occurs once per epoch.
/// </summary>
/// <param name="Sequences">All sequences, in the order of the tasks and of their items.</param>
/// <param name="Truncation">What truncation did, per task in order.</param>
public sealed record TrainingSet(
    ImmutableArray<TrainingSequence> Sequences, ImmutableArray<(string Task, TruncationReport Report)> Truncation)
{
    /// <summary>Number of tokens that one epoch's loss is over.</summary>
    public long SupervisedTokens => Sequences.Sum(sequence => (long)sequence.SupervisedTokens);

    /// <summary>Number of tokens of one epoch.</summary>
    public long Tokens => Sequences.Sum(sequence => (long)sequence.Tokens.Length);

    /// <summary>Encodes the training items of all tasks.</summary>
    /// <exception cref="InputException">A task has no training items, or an item cannot be encoded.</exception>
    public static TrainingSet Build(IEnumerable<TaskData> tasks, SequenceEncoder encoder)
    {
        var sequences = ImmutableArray.CreateBuilder<TrainingSequence>();
        var reports = ImmutableArray.CreateBuilder<(string, TruncationReport)>();
        foreach (TaskData task in tasks)
        {
            string name = task.Definition.Name;
            if (task.Train.Length == 0 && task.TrainTexts.Length == 0)
            {
                throw new InputException(
                    task.Definition.FilePath,
                    $"task '{name}' has no training items",
                    "Give it a 'train' split, or take it out of data.tasks.");
            }

            int first = sequences.Count;
            sequences.AddRange(task.Definition.IsText
                ? encoder.EncodeTexts(task.TrainTexts, name).Take(task.MaxTrainWindows ?? int.MaxValue)
                : task.Train.Select(item => encoder.Encode(item, name)));
            IEnumerable<int> removed = sequences.Skip(first).Select(sequence => sequence.TokensRemoved);
            reports.Add((name, TruncationReport.Of(removed, encoder.MaxTokens)));
        }

        return new TrainingSet(sequences.ToImmutable(), reports.ToImmutable());
    }
}
