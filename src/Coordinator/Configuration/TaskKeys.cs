using System.Collections.Immutable;
using MoR.Coordinator.Configuration.Reading;
using MoR.Coordinator.Skills;

namespace MoR.Coordinator.Configuration;

/// <summary>Every key of a task file: meaning, range, default.</summary>
public static class TaskKeys
{
    private const int MostCharacters = 10_000;
    private const int MostItems = 1_000;
    private static readonly string SkillNames = string.Join(" | ", SkillCatalogue.All.Select(skill => skill.Name));

    private static readonly Word<string> SplitName = new(("dev", "dev"), ("test", "test"), ("none", "none"));

    public static readonly ConfigKey<TaskDefinition, string?> Name =
        new("name", new PlainText(100, rule: RecipeKeys.IsName, ruleText: RecipeKeys.NameRule), t => t.Name)
        {
            Meaning = "name of the task in reports",
            DefaultInWords = "the file's name",
        };

    public static readonly ConfigKey<TaskDefinition, TaskFormat> Format =
        new(
            "format",
            new Word<TaskFormat>(
                ("tsv", TaskFormat.Tsv),
                ("json", TaskFormat.Json),
                ("jsonl", TaskFormat.Jsonl),
                ("json_object", TaskFormat.JsonObject),
                ("text", TaskFormat.Text),
                ("skill", TaskFormat.Skill)),
            t => t.Format)
        {
            Meaning = "tsv (cells separated by tabs, no quote handling), json (one array of objects), jsonl (one "
                + "object per line), json_object (one object whose members are the rows) text (no rows: every token "
                + "is predicted) or skill (generated, no files)",
            IsRequired = true,
        };

    public static readonly ConfigKey<TaskDefinition, string?> Skill =
        new("skill", new PlainText(100, allowNull: true, rule: IsSkill, ruleText: SkillNames), t => t.Skill)
        {
            Meaning = "the generated skill whose items are the rows, with columns question and answer",
            DefaultInWords = "required with format skill",
        };

    public static readonly ConfigKey<TaskDefinition, bool> Header =
        new("header", new Truth(), t => t.Header)
        {
            Meaning = "whether the first line of a TSV file names the columns",
            Default = true,
            DefaultInWords = "true for tsv",
        };

    public static readonly ConfigKey<TaskDefinition, ItemList<string>> Columns =
        new("columns", new ListOf<string>(new Phrase(100), 1, MostItems), t => [.. t.Columns])
        {
            Meaning = "names of the TSV columns in order, when header is false",
            Default = [],
            DefaultInWords = "required when header is false",
        };

    public static readonly ConfigKey<TaskDefinition, ItemList<string>> Train = Files("train", t => t.Splits.Train);

    public static readonly ConfigKey<TaskDefinition, ItemList<string>> Dev = Files("dev", t => t.Splits.Dev);

    public static readonly ConfigKey<TaskDefinition, ItemList<string>> Test = Files("test", t => t.Splits.Test);

    public static readonly ConfigKey<TaskDefinition, ItemList<string>> TrainLabels =
        LabelFiles("train", t => t.LabelFiles.Train);

    public static readonly ConfigKey<TaskDefinition, ItemList<string>> DevLabels =
        LabelFiles("dev", t => t.LabelFiles.Dev);

    public static readonly ConfigKey<TaskDefinition, ItemList<string>> TestLabels =
        LabelFiles("test", t => t.LabelFiles.Test);

    public static readonly ConfigKey<TaskDefinition, ItemList<ColumnCondition>> WhereAll =
        Where("all", "of every split", t => t.Where.All);

    public static readonly ConfigKey<TaskDefinition, ItemList<ColumnCondition>> WhereTrain =
        Where("train", "of the train split", t => t.Where.Train);

    public static readonly ConfigKey<TaskDefinition, ItemList<ColumnCondition>> WhereDev =
        Where("dev", "of the dev split", t => t.Where.Dev);

    public static readonly ConfigKey<TaskDefinition, ItemList<ColumnCondition>> WhereTest =
        Where("test", "of the test split", t => t.Where.Test);

    public static readonly ConfigKey<TaskDefinition, string?> Prompt =
        new("prompt", new TemplateText(MostCharacters), t => t.Prompt)
        {
            Meaning = "what the model is given: text with {column} placeholders; {{ and }} stand for braces; with "
                + "choices, {choices} stands for them, one a line behind letters",
            DefaultInWords = "required, but for format text",
        };

    public static readonly ConfigKey<TaskDefinition, bool> Chat =
        new("chat", new Truth(), t => t.IsChat)
        {
            Meaning = "make the prompt a user's message and the completion the assistant's answer, written as the "
                + "backbone's chat template has it (chat_template in its tokenizer_config.json, or chat_template.jinja)",
            Default = false,
        };

    public static readonly ConfigKey<TaskDefinition, string?> System =
        new("system", new TemplateText(MostCharacters, allowNull: true), t => t.System)
        {
            Meaning = "system message of a chat, with {column} placeholders; null leaves it to the chat template",
        };

    public static readonly ConfigKey<TaskDefinition, string?> Completion =
        new("completion", new TemplateText(MostCharacters, allowNull: true), t => t.Completion)
        {
            Meaning = "what the model should say after the prompt, leading space included; with choices it holds "
                + "{choice}, which stands for a choice's text, or {letter} (A, B, ...)",
            DefaultInWords = "' {choice}' with choices, else required, but for format text",
        };

    public static readonly ConfigKey<TaskDefinition, ItemList<string>> Choices =
        new("choices", new ListOf<string>(new Phrase(MostCharacters), 2, MostItems), t => [.. t.Choices])
        {
            Meaning = "the choices, the same for every item; each may hold {column} placeholders",
            Default = [],
            DefaultInWords = "none",
        };

    public static readonly ConfigKey<TaskDefinition, string?> ChoicesColumn =
        new("choices_column", new PlainText(100, allowNull: true), t => t.ChoicesColumn)
        {
            Meaning = "column that holds an item's list of choices (not tsv); of a list of objects, name the member: "
                + "question.choices.text",
        };

    public static readonly ConfigKey<TaskDefinition, string?> ChoicesFrom =
        new("choices_from", new PlainText(100, allowNull: true), t => t.ChoicesFrom)
        {
            Meaning = "column whose text choices_pattern is applied to",
        };

    public static readonly ConfigKey<TaskDefinition, string?> ChoicesPattern =
        new("choices_pattern", new PatternText(1_000), t => t.ChoicesPattern)
        {
            Meaning = "regular expression (.NET); an item's choices are capture group 1 of its matches, in order",
        };

    public static readonly ConfigKey<TaskDefinition, string?> ChoiceLabels =
        new("choice_labels", new PlainText(100, allowNull: true), t => t.ChoiceLabels)
        {
            Meaning = "column that holds the labels of an item's choices, in their order: question.choices.label",
        };

    public static readonly ConfigKey<TaskDefinition, string?> Label =
        new("label", new PlainText(100, allowNull: true), t => t.LabelColumn)
        {
            Meaning = "column that holds the right choice",
            DefaultInWords = "required with choices",
        };

    public static readonly ConfigKey<TaskDefinition, LabelDictionary?> Labels =
        new("labels", new LabelDictionaryKind(), t => t.Labels as LabelDictionary)
        {
            Meaning = "from a label's text to the index of its choice, counted from 0",
            DefaultInWords = "a label is the text of a choice, or its index",
        };

    public static readonly ConfigKey<TaskDefinition, TaskMetric> Metric =
        new(
            "metric",
            new Word<TaskMetric>(
                ("accuracy", TaskMetric.Accuracy),
                ("matthews", TaskMetric.Matthews),
                ("f1", TaskMetric.F1),
                ("exact_match", TaskMetric.ExactMatch),
                ("perplexity", TaskMetric.Perplexity)),
            t => t.Metric)
        {
            Meaning = "what an evaluation reports; matthews and f1 need two choices (index 1 is the positive one), "
                + "exact_match a completion without choices; perplexity, of a text or of completions, is the one whose "
                + "lower value is the better",
            DefaultInWords = "accuracy with choices, perplexity of a text, else exact_match",
        };

    public static readonly ConfigKey<TaskDefinition, string> EvaluateOn =
        new("evaluate_on", SplitName, t => t.EvaluateOn)
        {
            Meaning = "the split that is evaluated",
            Default = "none",
            DefaultInWords = "dev if given, else test, else none",
        };

    public static readonly ConfigKey<TaskDefinition, bool> ExcludeSeen =
        new("exclude_seen", new Truth(), t => t.ExcludeSeen)
        {
            Meaning = "drop evaluation items whose prompt also occurs in the training split",
            Default = true,
            DefaultInWords = "true; a text has no prompts",
        };

    /// <summary>Every key, in the order in which task files are written.</summary>
    public static ImmutableArray<ConfigKey<TaskDefinition>> All { get; } =
    [
        Name, Format, Skill, Header, Columns, Train, Dev, Test, TrainLabels, DevLabels, TestLabels, WhereAll, WhereTrain,
        WhereDev, WhereTest, Chat, System, Prompt, Completion, Choices, ChoicesColumn, ChoicesFrom, ChoicesPattern,
        ChoiceLabels, Label, Labels, Metric, EvaluateOn, ExcludeSeen,
    ];

    private static bool IsSkill(string name) => SkillCatalogue.All.Any(skill => skill.Name == name);

    private static ConfigKey<TaskDefinition, ItemList<string>> Files(
        string split, Func<TaskDefinition, ImmutableArray<string>> valueOf) =>
        new(
            $"splits.{split}",
            new ListOf<string>(new Phrase(4096), 1, MostItems, allowSingle: true),
            t => [.. valueOf(t)])
        {
            Meaning = $"file or files of the {split} split, in order; relative to data.folder, or absolute; "
                + "with format skill, items as FIRST..LAST",
            Default = [],
            DefaultInWords = "none",
        };

    private static ConfigKey<TaskDefinition, ItemList<string>> LabelFiles(
        string split, Func<TaskDefinition, ImmutableArray<string>> valueOf) =>
        new(
            $"label_files.{split}",
            new ListOf<string>(new Phrase(4096), 1, MostItems, allowSingle: true),
            t => [.. valueOf(t)])
        {
            Meaning = $"file or files that hold the labels of splits.{split}, one a line in the order of its rows; they "
                + "become the column that label names",
            Default = [],
            DefaultInWords = "none: the rows hold them",
        };

    private static ConfigKey<TaskDefinition, ItemList<ColumnCondition>> Where(
        string group, string splits, Func<TaskDefinition, ImmutableArray<ColumnCondition>> valueOf) =>
        new($"where.{group}", new ColumnConditionsKind(), t => [.. valueOf(t)])
        {
            Meaning = $"the rows {splits} that are items: those whose columns hold these texts; the empty text also "
                + "stands for null",
            Default = [],
            DefaultInWords = "all rows",
        };
}
