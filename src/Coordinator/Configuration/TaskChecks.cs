using MoR.Coordinator.Configuration.Reading;
using Keys = MoR.Coordinator.Configuration.TaskKeys;

namespace MoR.Coordinator.Configuration;

/// <summary>What the keys of a task file require of each other.</summary>
internal static class TaskChecks
{
    public static void CheckAll(TaskDefinition task, KeyReader<TaskDefinition> reader)
    {
        CheckSplits(task, reader);
        SkillChecks.CheckAll(task, reader);
        if (task.IsText)
        {
            CheckText(task, reader);
            return;
        }

        CheckColumns(task, reader);
        CheckLabelFiles(task, reader);
        if (reader.AreGood(Keys.Choices, Keys.ChoicesColumn, Keys.ChoicesFrom, Keys.ChoicesPattern))
        {
            CheckChoices(task, reader);
            CheckMetric(task, reader);
        }

        TaskTemplateChecks.CheckAll(task, reader);
    }

    /// <summary>A text has no rows, so that nothing of what reads rows can be given.</summary>
    private static void CheckText(TaskDefinition task, KeyReader<TaskDefinition> reader)
    {
        ConfigKey<TaskDefinition>[] kept =
            [Keys.Name, Keys.Format, Keys.Train, Keys.Dev, Keys.Test, Keys.Metric, Keys.EvaluateOn];
        foreach (var key in Keys.All.Except(kept).Where(reader.IsGiven))
        {
            reader.Refuse(
                $"{key.Path} is given, and format text has no rows: every token is predicted",
                $"Remove {key.Path}, or choose another format.",
                key);
        }

        if (reader.AreGood(Keys.Metric) && task.Metric != TaskMetric.Perplexity)
        {
            reader.Refuse(
                $"metric {Keys.Metric.Kind.Write(task.Metric)} is not for format text", "Use perplexity.", Keys.Metric);
        }
    }

    private static void CheckLabelFiles(TaskDefinition task, KeyReader<TaskDefinition> reader)
    {
        (string Split, ConfigKey<TaskDefinition> Files, ConfigKey<TaskDefinition> Labels)[] splits =
            [("train", Keys.Train, Keys.TrainLabels), ("dev", Keys.Dev, Keys.DevLabels), ("test", Keys.Test, Keys.TestLabels)];
        foreach (var (split, filesKey, labelsKey) in splits.Where(split => reader.IsGiven(split.Labels)))
        {
            var (files, labels) = (task.Splits.Named(split).Length, task.LabelFiles.Named(split).Length);
            if (reader.AreGood(filesKey, labelsKey) && files != labels)
            {
                reader.Refuse(
                    $"{labelsKey.Path} has {labels} files, and {filesKey.Path} has {files}",
                    "Give one file of labels for every file of rows, in the same order.",
                    labelsKey);
            }

            if (!task.HasChoices)
            {
                reader.Refuse(
                    $"{labelsKey.Path} is given, and the task has no choices", "Give choices, or remove it.", labelsKey);
            }
        }
    }

    private static void CheckColumns(TaskDefinition task, KeyReader<TaskDefinition> reader)
    {
        if (!reader.AreGood(Keys.Format, Keys.Header, Keys.Columns))
        {
            return;
        }

        if (task.Format != TaskFormat.Tsv && (reader.IsGiven(Keys.Header) || reader.IsGiven(Keys.Columns)))
        {
            reader.Refuse(
                "header and columns are for format tsv, and this task is another",
                "Remove them; the names of JSON members are the columns.",
                Keys.Header,
                Keys.Columns);
        }
        else if (task.Format == TaskFormat.Tsv && !task.Header && task.Columns.IsEmpty)
        {
            reader.Refuse(
                "header is false and columns is not given",
                "Name the columns in order, `columns: [label, sentence]`, or set header to true.",
                Keys.Header);
        }
        else if (task.Header && task.Columns.Length > 0)
        {
            reader.Refuse(
                $"columns names {task.Columns.Length} columns, and with header true the file names them",
                "Remove columns, or set header to false if the file has no header line.",
                Keys.Columns);
        }
    }

    private static void CheckSplits(TaskDefinition task, KeyReader<TaskDefinition> reader)
    {
        var splits = task.Splits;
        if (!reader.AreGood(Keys.Train, Keys.Dev, Keys.Test))
        {
            return;
        }

        if (splits.Train.IsEmpty && splits.Dev.IsEmpty && splits.Test.IsEmpty)
        {
            reader.Refuse("splits names no file", "Give at least one of splits.train, splits.dev and splits.test.");
        }
        else if (reader.AreGood(Keys.EvaluateOn) && task.EvaluateOn != "none" && splits.Named(task.EvaluateOn).IsEmpty)
        {
            reader.Refuse(
                $"evaluate_on is {task.EvaluateOn}, and splits.{task.EvaluateOn} is not given",
                $"Give splits.{task.EvaluateOn}, or evaluate on another split or none.",
                Keys.EvaluateOn);
        }
    }

    private static void CheckChoices(TaskDefinition task, KeyReader<TaskDefinition> reader)
    {
        if ((task.ChoicesFrom is null) != (task.ChoicesPattern is null))
        {
            reader.Refuse(
                "choices_from and choices_pattern need each other, and one is not given",
                "Give the column and the regular expression, or neither.",
                Keys.ChoicesFrom,
                Keys.ChoicesPattern);
            return;
        }

        var sources = (task.Choices.Length > 0 ? 1 : 0) + (task.ChoicesColumn is null ? 0 : 1)
            + (task.ChoicesPattern is null ? 0 : 1);
        if (sources > 1)
        {
            reader.Refuse(
                $"choices come from {sources} of choices, choices_column and choices_pattern",
                "Keep one of them.",
                Keys.ChoicesPattern,
                Keys.ChoicesColumn,
                Keys.Choices);
        }

        if (!task.HasChoices)
        {
            CheckWithoutChoices(task, reader);
        }
        else if (reader.AreGood(Keys.Label) && task.LabelColumn is null)
        {
            reader.RefuseMissing(Keys.Label, "is not given, and a task with choices needs it");
        }

        if (task.Format == TaskFormat.Tsv && task.ChoicesColumn is not null)
        {
            reader.Refuse(
                $"choices_column {Quoted.Text(task.ChoicesColumn)} cannot hold a list in format tsv",
                "Use choices with {column} placeholders, or choices_from and choices_pattern.",
                Keys.ChoicesColumn);
        }

        CheckChoiceLabels(task, reader);

        if (task.Choices.Length > 0 && reader.AreGood(Keys.Labels) && task.Labels is { } labels)
        {
            foreach (var (label, index) in labels.Where(entry => entry.Value >= task.Choices.Length))
            {
                reader.Refuse(
                    $"labels maps {Quoted.Text(label)} to {index}, and there are {task.Choices.Length} choices",
                    $"Use an index of 0..{task.Choices.Length - 1}.",
                    Keys.Labels);
            }
        }
    }

    private static void CheckChoiceLabels(TaskDefinition task, KeyReader<TaskDefinition> reader)
    {
        if (task.ChoiceLabels is null)
        {
            return;
        }

        if (task.ChoicesColumn is null)
        {
            reader.Refuse(
                "choice_labels name the choices of choices_column, which is not given",
                "Give choices_column, or use labels.",
                Keys.ChoiceLabels);
        }
        else if (task.Labels is not null)
        {
            reader.Refuse(
                "labels and choice_labels both say which choice a label stands for",
                "Keep one of them.",
                Keys.ChoiceLabels,
                Keys.Labels);
        }
    }

    private static void CheckWithoutChoices(TaskDefinition task, KeyReader<TaskDefinition> reader)
    {
        if (reader.AreGood(Keys.Completion) && task.Completion is null)
        {
            reader.RefuseMissing(Keys.Completion, "is not given, and neither are choices");
        }

        if (task.LabelColumn is not null || task.Labels is not null)
        {
            reader.Refuse(
                "label and labels point to a choice, and the task has no choices",
                "Give choices, or remove label and labels.",
                Keys.Label,
                Keys.Labels);
        }
    }

    private static void CheckMetric(TaskDefinition task, KeyReader<TaskDefinition> reader)
    {
        if (!reader.AreGood(Keys.Metric) || !reader.IsGiven(Keys.Metric))
        {
            return;
        }

        var name = Keys.Metric.Kind.Write(task.Metric);
        if (task.HasChoices == (task.Metric is TaskMetric.ExactMatch or TaskMetric.Perplexity))
        {
            reader.Refuse(
                $"metric {name} is for tasks {(task.HasChoices ? "without" : "with")} choices",
                task.HasChoices ? "Use accuracy, matthews or f1." : "Use exact_match or perplexity, or give choices.",
                Keys.Metric);
        }
        else if (task.Metric is TaskMetric.Matthews or TaskMetric.F1 && task.Choices.Length != 2)
        {
            reader.Refuse(
                $"metric {name} needs 2 fixed choices, and the task has "
                + (task.Choices.IsEmpty ? "choices of every item's own" : $"{task.Choices.Length}"),
                "Use accuracy, or give two choices.",
                Keys.Metric);
        }
    }
}
