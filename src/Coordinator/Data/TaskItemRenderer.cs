using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using MoR.Cluster.Errors;
using MoR.Coordinator.Configuration;
using MoR.Model.ChatTemplates;

namespace MoR.Coordinator.Data;

/// <summary>Turns the rows of a task into items, by the templates, choices and labels of its task file.</summary>
public sealed class TaskItemRenderer
{
    private readonly TaskDefinition _task;
    private readonly TaskTemplate _prompt;
    private readonly TaskTemplate _completion;
    private readonly ImmutableArray<TaskTemplate> _choices;
    private readonly Regex? _choicesRegex;
    private readonly TaskTemplate? _system;
    private readonly ChatFrames? _frames;

    /// <param name="task">The task.</param>
    /// <param name="frames">The backbone's chat template; needed by a task that is a chat.</param>
    public TaskItemRenderer(TaskDefinition task, ChatFrames? frames = null)
    {
        if (task.IsChat)
        {
            ArgumentNullException.ThrowIfNull(frames);
            _frames = frames;
            _system = task.System is { } system ? TaskTemplate.Parse(system) : null;
        }

        _task = task;
        _prompt = TaskTemplate.Parse(task.Prompt);
        _completion = TaskTemplate.Parse(task.Completion ?? $" {{{TaskTemplate.Choice}}}");
        _choices = [.. task.Choices.Select(TaskTemplate.Parse)];
        _choicesRegex = task.CreateChoicesRegex();
    }

    /// <summary>The item of a row.</summary>
    /// <exception cref="InputException">A column is missing or of the wrong kind, there are fewer than two choices, or
    /// the label is none of them.</exception>
    public TaskItem Render(TaskRow row, int id)
    {
        TaskItem item = RenderPlain(row, id);
        if (_frames is null)
        {
            return item;
        }

        ChatFrame frame = _frames.Of(_system?.Render(row.Text));
        return item with
        {
            Chat = frame,
            Prompt = frame.Prompt(item.Prompt),
            Completion = frame.Answer(item.Completion),
            ChoiceCompletions = [.. item.ChoiceCompletions.Select(frame.Answer)],
        };
    }

    private TaskItem RenderPlain(TaskRow row, int id)
    {
        if (!_task.HasChoices)
        {
            return new TaskItem
            {
                Id = id,
                Source = row.Source,
                Prompt = _prompt.Render(row.Text),
                Completion = _completion.Render(row.Text),
            };
        }

        ImmutableArray<string> choices = ChoicesOf(row);
        string prompt = PromptOf(row, choices);
        int label = LabelOf(row, choices);
        ImmutableArray<string> completions = [.. choices.Select((choice, index) => CompletionOf(row, choice, index))];
        return new TaskItem
        {
            Id = id,
            Source = row.Source,
            Prompt = prompt,
            Choices = choices,
            ChoiceCompletions = completions,
            Label = label,
            Completion = completions[label],
        };
    }

    private string PromptOf(TaskRow row, ImmutableArray<string> choices) => _prompt.Render(
        name => name == TaskTemplate.Choices ? ChoiceLetters.List(choices, row.Source) : row.Text(name));

    private string CompletionOf(TaskRow row, string choice, int index) => _completion.Render(name => name switch
    {
        TaskTemplate.Choice => choice,
        TaskTemplate.Letter => ChoiceLetters.Of(index, row.Source),
        _ => row.Text(name),
    });

    private ImmutableArray<string> ChoicesOf(TaskRow row)
    {
        ImmutableArray<string> choices =
            _choices.Length > 0 ? [.. _choices.Select(choice => choice.Render(row.Text))]
            : _task.ChoicesColumn is not null ? row.List(_task.ChoicesColumn)
            : MatchChoices(row);
        if (choices.Length < 2)
        {
            throw row.Source.Error(
                $"the item has {Counted(choices.Length)}, and at least 2 are needed",
                $"Correct the row, or where choices come from in '{_task.FilePath}'.");
        }

        if (choices.IndexOf("") is var empty and >= 0)
        {
            throw row.Source.Error(
                $"choice {empty + 1} of {choices.Length} is an empty text",
                $"Correct the row, or where choices come from in '{_task.FilePath}'.");
        }

        return choices;
    }

    private ImmutableArray<string> MatchChoices(TaskRow row)
    {
        try
        {
            return
            [
                .. _choicesRegex!.Matches(row.Text(_task.ChoicesFrom!))
                    .Where(match => match.Groups[1].Success)
                    .Select(match => match.Groups[1].Value)
                    .Distinct(StringComparer.Ordinal),
            ];
        }
        catch (RegexMatchTimeoutException error)
        {
            throw row.Source.Error(
                $"the choices pattern '{_task.ChoicesPattern}' took over {TaskDefinition.PatternTimeout.TotalSeconds} s"
                + $" on column '{_task.ChoicesFrom}'",
                $"Simplify the pattern in '{_task.FilePath}'; nested repetitions are the usual cause.",
                error);
        }
    }

    private int LabelOf(TaskRow row, ImmutableArray<string> choices)
    {
        string column = _task.LabelColumn!;
        string value = row.Text(column);
        ImmutableArray<string> ownLabels = ChoiceLabelsOf(row, choices);
        int label = _task.Labels is { } labels ? labels.GetValueOrDefault(value, -1)
            : _task.ChoiceLabels is not null ? ownLabels.IndexOf(value)
            : IndexOf(value, choices);
        if (label >= 0 && label < choices.Length)
        {
            return label;
        }

        if (label >= choices.Length && _task.Labels is not null)
        {
            throw row.LabelSource.Error(
                $"label '{Excerpt.Of(value)}' stands for choice {label} (counted from 0), and the item has"
                + $" {Counted(choices.Length)}",
                $"Correct the row, or 'labels' in '{_task.FilePath}'.");
        }

        IEnumerable<string> allowed = _task.Labels?.Keys ?? (_task.ChoiceLabels is null ? choices : ownLabels);
        throw row.LabelSource.Error(
            $"label '{Excerpt.Of(value)}' in column '{column}' is not one of: "
            + string.Join(", ", allowed.Select(name => $"'{Excerpt.Of(name)}'")),
            $"Correct the row, or 'labels' and the choices in '{_task.FilePath}'.");
    }

    /// <summary>The item's own labels, one per choice; empty when the task has none.</summary>
    private ImmutableArray<string> ChoiceLabelsOf(TaskRow row, ImmutableArray<string> choices)
    {
        if (_task.ChoiceLabels is not { } column)
        {
            return [];
        }

        ImmutableArray<string> labels = row.List(column);
        return labels.Length == choices.Length ? labels : throw row.Source.Error(
            $"column '{column}' holds {labels.Length} labels, and the item has {Counted(choices.Length)}",
            $"Correct the row, or choice_labels in '{_task.FilePath}'.");
    }

    private static int IndexOf(string value, ImmutableArray<string> choices)
    {
        int index = choices.IndexOf(value);
        return index < 0 && int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? number
            : index;
    }

    private static string Counted(int choices) => choices == 1 ? "1 choice" : $"{choices} choices";
}
