using MoR.Coordinator.Configuration.Reading;
using Keys = MoR.Coordinator.Configuration.TaskKeys;

namespace MoR.Coordinator.Configuration;

/// <summary>What the keys of a task file require of each other.</summary>
internal static class TaskChecks
{
    public static void CheckAll(TaskDefinition task, KeyReader<TaskDefinition> reader)
    {
        CheckColumns(task, reader);
        CheckSplits(task, reader);
        if (reader.AreGood(Keys.Choices, Keys.ChoicesColumn, Keys.ChoicesFrom, Keys.ChoicesPattern))
        {
            CheckChoices(task, reader);
            CheckMetric(task, reader);
        }

        CheckTemplates(task, reader);
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
        if (task.HasChoices == (task.Metric == TaskMetric.ExactMatch))
        {
            reader.Refuse(
                $"metric {name} is for tasks {(task.HasChoices ? "without" : "with")} choices",
                task.HasChoices ? "Use accuracy, matthews or f1." : "Use exact_match, or give choices.",
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

    private static void CheckTemplates(TaskDefinition task, KeyReader<TaskDefinition> reader)
    {
        if (reader.AreGood(Keys.Prompt))
        {
            CheckPlaceholders(task, reader, task.Prompt, Keys.Prompt, mayNameChoice: false);
        }

        if (reader.AreGood(Keys.Completion) && task.Completion is { } completion)
        {
            CheckPlaceholders(task, reader, completion, Keys.Completion, mayNameChoice: task.HasChoices);
            if (task.HasChoices && !TaskTemplate.Parse(completion).Placeholders.Contains("choice"))
            {
                reader.Refuse(
                    $"completion {Quoted.Text(completion)} lacks {{choice}}, so all choices would read the same",
                    "Write {choice} where the choice's text goes.",
                    Keys.Completion);
            }
        }

        foreach (var choice in task.Choices)
        {
            if (TaskTemplate.TryParse(choice, out _, out var problem))
            {
                CheckPlaceholders(task, reader, choice, Keys.Choices, mayNameChoice: false);
            }
            else
            {
                reader.Refuse(
                    $"choices has {Quoted.Text(choice)}, where {problem}",
                    "Write placeholders as {column}, and braces that are meant as such twice: {{ and }}.",
                    Keys.Choices);
            }
        }

        CheckColumn(task, reader, task.LabelColumn, Keys.Label);
        CheckColumn(task, reader, task.ChoicesFrom, Keys.ChoicesFrom);
    }

    private static void CheckPlaceholders(
        TaskDefinition task,
        KeyReader<TaskDefinition> reader,
        string template,
        ConfigKey<TaskDefinition> key,
        bool mayNameChoice)
    {
        foreach (var name in TaskTemplate.Parse(template).Placeholders)
        {
            if (!(mayNameChoice && name == "choice"))
            {
                CheckColumn(task, reader, name, key);
            }
        }
    }

    private static void CheckColumn(
        TaskDefinition task, KeyReader<TaskDefinition> reader, string? column, ConfigKey<TaskDefinition> key)
    {
        if (column is not null && !task.Columns.IsEmpty && !task.Columns.Contains(column))
        {
            reader.Refuse(
                $"{key.Path} names the column {Quoted.Text(column)}, and columns are {string.Join(", ", task.Columns)}",
                $"Write {NearestKey.Find(column, task.Columns)}, or add it to columns.",
                key);
        }
    }
}
