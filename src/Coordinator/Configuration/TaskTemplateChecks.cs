using MoR.Coordinator.Configuration.Reading;
using Keys = MoR.Coordinator.Configuration.TaskKeys;

namespace MoR.Coordinator.Configuration;

/// <summary>Whether the templates of a task file can be filled in from its rows.</summary>
internal static class TaskTemplateChecks
{
    public static void CheckAll(TaskDefinition task, KeyReader<TaskDefinition> reader)
    {
        if (!reader.IsGiven(Keys.Prompt))
        {
            reader.RefuseMissing(Keys.Prompt, "is required and not given");
        }
        else if (reader.AreGood(Keys.Prompt))
        {
            CheckPlaceholders(task, reader, task.Prompt, Keys.Prompt, task.HasChoices ? [TaskTemplate.Choices] : []);
        }

        if (reader.AreGood(Keys.System) && task.System is { } system)
        {
            CheckPlaceholders(task, reader, system, Keys.System, []);
            if (reader.AreGood(Keys.Chat) && !task.IsChat)
            {
                reader.Refuse("system is given, and the task is no chat", "Set chat to true, or remove system.", Keys.System);
            }
        }

        if (reader.AreGood(Keys.Completion) && task.Completion is { } completion)
        {
            CheckPlaceholders(
                task, reader, completion, Keys.Completion, task.HasChoices ? [TaskTemplate.Choice, TaskTemplate.Letter] : []);
            if (task.HasChoices
                && !TaskTemplate.Parse(completion).Placeholders.Any(name => name is TaskTemplate.Choice or TaskTemplate.Letter))
            {
                reader.Refuse(
                    $"completion {Quoted.Text(completion)} lacks {{choice}}, so all choices would read the same",
                    "Write {choice} where the choice's text goes, or {letter} where its letter goes.",
                    Keys.Completion);
            }
        }

        foreach (var choice in task.Choices)
        {
            if (TaskTemplate.TryParse(choice, out _, out var problem))
            {
                CheckPlaceholders(task, reader, choice, Keys.Choices, []);
            }
            else
            {
                reader.Refuse(
                    $"choices has {Quoted.Text(choice)}, where {problem}",
                    "Write placeholders as {column}, and braces that are meant as such twice: {{ and }}.",
                    Keys.Choices);
            }
        }

        if (!reader.IsGiven(Keys.TrainLabels) && !reader.IsGiven(Keys.DevLabels) && !reader.IsGiven(Keys.TestLabels))
        {
            CheckColumn(task, reader, task.LabelColumn, Keys.Label);
        }

        CheckColumn(task, reader, task.ChoicesFrom, Keys.ChoicesFrom);
    }

    private static void CheckPlaceholders(
        TaskDefinition task,
        KeyReader<TaskDefinition> reader,
        string template,
        ConfigKey<TaskDefinition> key,
        ReadOnlySpan<string> others)
    {
        foreach (var name in TaskTemplate.Parse(template).Placeholders)
        {
            if (!others.Contains(name))
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
