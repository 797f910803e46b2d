using System.Collections.Immutable;
using System.Text.RegularExpressions;
using MoR.Coordinator.Configuration.Reading;

namespace MoR.Coordinator.Configuration;

/// <summary>
/// A task as its file declares it, validated and with defaults filled in: where the items are, how an item becomes a
/// prompt and a completion, and how it is scored. A new data set needs such a file and no code.
/// </summary>
/// <remarks>
/// A task with choices has exactly one source of them: <see cref="Choices"/>, <see cref="ChoicesColumn"/>, or
/// <see cref="ChoicesFrom"/> with <see cref="ChoicesPattern"/>; it has a <see cref="LabelColumn"/>. A task without
/// choices has a <see cref="Completion"/> and no label. A text has neither, nor a prompt.
/// </remarks>
public sealed record TaskDefinition
{
    /// <summary>The longest a <see cref="ChoicesPattern"/> may take on one item.</summary>
    public static readonly TimeSpan PatternTimeout = TimeSpan.FromSeconds(1);

    public required string Name { get; init; }

    /// <summary>The absolute path of the task file.</summary>
    public required string FilePath { get; init; }

    /// <summary>Name of this form of the data; empty when the task has only one.</summary>
    public string Form { get; init; } = "";

    /// <summary>Other forms in which the task's data may be there instead, in order of preference.</summary>
    public ImmutableArray<TaskDefinition> OtherForms { get; init; } = [];

    public required TaskFormat Format { get; init; }

    /// <summary>Name of the generated skill (format skill), whose splits are ranges of its items; else null.</summary>
    public string? Skill { get; init; }

    /// <summary>Whether the first line of every TSV file names the columns. False for JSON and JSONL.</summary>
    public bool Header { get; init; }

    /// <summary>Names of the TSV columns in order, when <see cref="Header"/> is false; else empty.</summary>
    public ImmutableArray<string> Columns { get; init; } = [];

    public required TaskSplits Splits { get; init; }

    /// <summary>
    /// Files that hold the labels of the split's files in the same order, one a line: they become the column
    /// <see cref="LabelColumn"/>. A split without has its labels in its rows.
    /// </summary>
    public TaskSplits LabelFiles { get; init; } = new();

    /// <summary>Which rows are items; without conditions, all.</summary>
    public TaskConditions Where { get; init; } = new();

    /// <summary>
    /// Whether prompt and completion are the messages of a user and an assistant, written as the backbone's chat
    /// template has it. White space around a message is no part of it.
    /// </summary>
    public bool IsChat { get; init; }

    /// <summary>Template of a chat's system message; null for none, or the chat template's own.</summary>
    public string? System { get; init; }

    /// <summary>
    /// Template (see <see cref="TaskTemplate"/>) of what the model is given; <c>{choices}</c> in it stands for the
    /// item's choices, one a line behind letters (A, B, ...). Empty for a text.
    /// </summary>
    public required string Prompt { get; init; }

    /// <summary>
    /// Template of what the model should say after the prompt, leading space included. Never null once loaded: for
    /// a task with choices it holds <c>{choice}</c>, which stands for a choice's text (default <c>" {choice}"</c>), or
    /// <c>{letter}</c>, which stands for its letter. Null for a text.
    /// </summary>
    public string? Completion { get; init; }

    /// <summary>Fixed choices, each a template (most have no placeholder); else empty.</summary>
    public ImmutableArray<string> Choices { get; init; } = [];

    /// <summary>Column that holds an item's list of choices (JSON formats).</summary>
    public string? ChoicesColumn { get; init; }

    /// <summary>Column whose text <see cref="ChoicesPattern"/> is applied to.</summary>
    public string? ChoicesFrom { get; init; }

    /// <summary>
    /// .NET regular expression; the choices are capture group 1 of its matches, in order, without duplicates.
    /// Use <see cref="CreateChoicesRegex"/>, which sets a timeout.
    /// </summary>
    public string? ChoicesPattern { get; init; }

    /// <summary>
    /// Column that holds the list of an item's own labels, one per choice in the same order, such as A, B, C; the label
    /// is one of them. Null: labels are those of <see cref="Labels"/>.
    /// </summary>
    public string? ChoiceLabels { get; init; }

    /// <summary>Column that holds the label; null for a task without choices.</summary>
    public string? LabelColumn { get; init; }

    /// <summary>
    /// From a label's text to the index of its choice, in the file's order. Null: the label is the text of a choice
    /// or, failing that, its index counted from 0.
    /// </summary>
    public IReadOnlyDictionary<string, int>? Labels { get; init; }

    public TaskMetric Metric { get; init; }

    /// <summary>The split to evaluate on: <c>dev</c>, <c>test</c>, or <c>none</c> when the task has neither.</summary>
    public string EvaluateOn { get; init; } = "none";

    /// <summary>Whether evaluation items whose prompt also occurs in the training split are dropped.</summary>
    public bool ExcludeSeen { get; init; } = true;

    /// <summary>Reads and checks a task file.</summary>
    /// <exception cref="MoR.Cluster.Errors.InputException">
    /// Anything is wrong with the file; the message has one line per problem.
    /// </exception>
    public static TaskDefinition Load(string path) => TaskLoader.Load(path, ConfigText.ReadFile(path));

    /// <summary>Reads and checks the text of a task file; <paramref name="path"/> is for messages and paths.</summary>
    /// <inheritdoc cref="Load" path="/exception"/>
    public static TaskDefinition Parse(string path, string text) => TaskLoader.Load(path, text);

    /// <summary>Whether the task is plain text, every token of which is predicted.</summary>
    public bool IsText => Format == TaskFormat.Text;

    /// <summary>Whether the items are generated, and in no file.</summary>
    public bool IsSkill => Format == TaskFormat.Skill;

    /// <summary>Whether an item is answered by one of several choices (else by free text).</summary>
    public bool HasChoices => Choices.Length > 0 || ChoicesColumn is not null || ChoicesPattern is not null;

    /// <summary>
    /// The absolute paths of a split's files. Relative ones are below <paramref name="dataFolder"/> (the recipe's
    /// <c>data.folder</c>), or beside the task file when that is null.
    /// </summary>
    public ImmutableArray<string> FilesOf(string split, string? dataFolder)
    {
        var folder = dataFolder ?? Path.GetDirectoryName(FilePath) ?? ".";
        return [.. Splits.Named(split).Select(path => Path.GetFullPath(path, Path.GetFullPath(folder)))];
    }

    /// <summary>The compiled <see cref="ChoicesPattern"/> with <see cref="PatternTimeout"/>, or null.</summary>
    public Regex? CreateChoicesRegex() =>
        ChoicesPattern is null ? null : new Regex(ChoicesPattern, RegexOptions.CultureInvariant, PatternTimeout);
}
