using System.Collections.Immutable;
using MoR.Cluster.Errors;
using MoR.Coordinator.Configuration;

namespace MoR.Coordinator.Data;

/// <summary>The items of a task: what is trained on and what is evaluated on.</summary>
public sealed record TaskData
{
    /// <summary>The task, in the form in which it was found.</summary>
    public required TaskDefinition Definition { get; init; }

    /// <summary>The training items in file order; empty when the task has no training split.</summary>
    public required ImmutableArray<TaskItem> Train { get; init; }

    /// <summary>The items of the split that the task is evaluated on, in file order, without the seen ones.</summary>
    public required ImmutableArray<TaskItem> Evaluation { get; init; }

    /// <summary>What is trained on in place of items when the task is plain text; else empty.</summary>
    public ImmutableArray<TaskText> TrainTexts { get; init; } = [];

    /// <summary>What is evaluated in place of items when the task is plain text; else empty.</summary>
    public ImmutableArray<TaskText> EvaluationTexts { get; init; } = [];

    /// <summary>The most windows of a plain text that are trained on, the first ones; null: all.</summary>
    public int? MaxTrainWindows { get; init; }

    /// <summary>Whether there is something to evaluate.</summary>
    public bool HasEvaluation => Evaluation.Length > 0 || EvaluationTexts.Length > 0;

    /// <summary>Evaluation items that were dropped because their prompt also occurs in training.</summary>
    public required int SeenDropped { get; init; }

    /// <summary>Training items by label, in the order of the choices; empty for a task without choices.</summary>
    public ImmutableArray<ClassCount> TrainClasses => CountClasses(Train);

    /// <summary>Evaluation items by label, in the order of the choices; empty for a task without choices.</summary>
    public ImmutableArray<ClassCount> EvaluationClasses => CountClasses(Evaluation);

    /// <summary>
    /// Accuracy on the evaluation items of always giving the label that is most common in training (in the evaluation
    /// items, when there is no training split; the lowest of equals). Null without choices or evaluation items.
    /// </summary>
    public double? MajorityBaseline
    {
        get
        {
            ImmutableArray<ClassCount> counts = Train.Length > 0 ? TrainClasses : EvaluationClasses;
            if (counts.Length == 0 || Evaluation.Length == 0)
            {
                return null;
            }

            int majority = counts.Select(count => count.Count).ToList().IndexOf(counts.Max(count => count.Count));
            return (double)Evaluation.Count(item => item.Label == majority) / Evaluation.Length;
        }
    }

    /// <summary>Reads and renders a task's training and evaluation items.</summary>
    /// <param name="task">The task.</param>
    /// <param name="dataFolder">The recipe's <c>data.folder</c>; null: paths are relative to the task file.</param>
    /// <param name="maxTrainItems">The most training items to keep, the first ones; null: all. Evaluation items are
    /// compared with the whole training split in any case, so that this number does not change what is
    /// evaluated. Of a plain text it counts windows.</param>
    /// <param name="open">Opens a file for reading; null: from the disk.</param>
    /// <param name="frames">The backbone's chat template; needed by a task that is a chat.</param>
    /// <exception cref="InputException">A file is missing, unreadable, empty or malformed, a row does not fit the task,
    /// or every evaluation item was seen in training.</exception>
    public static TaskData Load(
        TaskDefinition task,
        string? dataFolder,
        int? maxTrainItems = null,
        Func<string, Stream>? open = null,
        ChatFrames? frames = null)
    {
        open ??= File.OpenRead;
        task = TaskFiles.FormOf(task, dataFolder, open);
        if (task.IsText)
        {
            return new TaskData
            {
                Definition = task,
                Train = [],
                Evaluation = [],
                SeenDropped = 0,
                TrainTexts = [.. TaskFiles.ReadTexts(task, "train", dataFolder, open)],
                EvaluationTexts = [.. TaskFiles.ReadTexts(task, task.EvaluateOn, dataFolder, open)],
                MaxTrainWindows = maxTrainItems,
            };
        }

        var renderer = new TaskItemRenderer(task, frames);
        ImmutableArray<TaskItem> train = LoadSplit(renderer, task, "train", dataFolder, open);
        ImmutableArray<TaskItem> evaluation = LoadSplit(renderer, task, task.EvaluateOn, dataFolder, open);
        ImmutableArray<TaskItem> kept = task.ExcludeSeen ? Unseen(train, evaluation) : evaluation;
        if (kept.Length == 0 && evaluation.Length > 0)
        {
            throw new InputException(
                task.FilePath,
                $"all {evaluation.Length} items of split '{task.EvaluateOn}' also occur in the training split",
                "Evaluate on another split, or set 'exclude_seen: false'.");
        }

        return new TaskData
        {
            Definition = task,
            Train = [.. train.Take(maxTrainItems ?? int.MaxValue)],
            Evaluation = kept,
            SeenDropped = evaluation.Length - kept.Length,
        };
    }

    /// <summary>At most <paramref name="maxItems"/> evaluation items, sampled as <see cref="EvaluationSample"/>
    /// says.</summary>
    public ImmutableArray<TaskItem> SampleEvaluation(int maxItems, ulong seed) =>
        EvaluationSample.Of(Evaluation, maxItems, seed);

    private static ImmutableArray<TaskItem> LoadSplit(
        TaskItemRenderer renderer, TaskDefinition task, string split, string? dataFolder, Func<string, Stream> open) =>
        [.. (task.IsSkill ? SkillRows.Read(task, split) : TaskFiles.Read(task, split, dataFolder, open)).Select(renderer.Render)];

    private static ImmutableArray<TaskItem> Unseen(ImmutableArray<TaskItem> train, ImmutableArray<TaskItem> evaluation)
    {
        var seen = new HashSet<string>(train.Select(item => item.Prompt), StringComparer.Ordinal);
        return [.. evaluation.Where(item => !seen.Contains(item.Prompt))];
    }

    private ImmutableArray<ClassCount> CountClasses(ImmutableArray<TaskItem> items)
    {
        if (!Definition.HasChoices || items.Length == 0)
        {
            return [];
        }

        int[] counts = new int[items.Max(item => item.Choices.Length)];
        foreach (TaskItem item in items)
        {
            counts[item.Label]++;
        }

        return [.. counts.Select((count, index) => new ClassCount(ClassName(index), count))];
    }

    private string ClassName(int index) =>
        Definition.Choices.Length > 0 ? Definition.Choices[index] : $"choice {index + 1}";
}
