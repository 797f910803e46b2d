using MoR.Cluster.Errors;
using MoR.Coordinator.Configuration;

namespace MoR.Coordinator.Tests.Configuration;

public sealed class BadTaskTests
{
    private const string Splits = "splits: {train: a}\n";
    private const string Generation = "format: jsonl\n" + Splits + "prompt: '{q}'\ncompletion: ' {a}'\n";
    private const string Choice = "format: tsv\n" + Splits + "prompt: '{q}'\nchoices: [x, y]\nlabel: l\n";

    private const string Text = "format: text\n" + Splits;

    public static TheoryData<string, string> Files => new()
    {
        {
            Splits + "prompt: p\ncompletion: c",
            "t.yaml: format is required and not given. Give one word, tsv | json | jsonl | json_object | text | skill"
        },
        { "format: jsonl\n" + Splits + "completion: c", "prompt is required and not given." },
        {
            "format: jsonl\nprompt: p\ncompletion: c",
            "splits names no file. Give at least one of splits.train, splits.dev and splits.test."
        },
        {
            Generation.Replace("jsonl", "csv"),
            "line 1: format is 'csv', allowed is tsv | json | jsonl | json_object | text | skill. Choose one of them, perhaps tsv."
        },
        { Generation + "split: {}", "split is not a known key; the nearest is splits." },
        { Generation + "header: true", "line 5: header and columns are for format tsv" },
        { Choice + "header: false", "line 6: header is false and columns is not given. Name the columns in order" },
        { Choice + "columns: [q, l]", "line 6: columns names 2 columns, and with header true the file names them." },
        { Choice + "header: false\ncolumns: [q, l, q]", "columns[2] repeats 'q'." },
        {
            Choice + "header: false\ncolumns: [question, l]",
            "line 3: prompt names the column 'q', and columns are question, l. Write"
        },
        {
            Choice + "header: false\ncolumns: [q, lab]",
            "line 5: label names the column 'l', and columns are q, lab. Write q, or add it to columns."
        },
        {
            Generation.Replace("{q}", "{q"),
            "line 3: prompt is the string '{q', where '{' at character 1 is not closed. Write "
            + "placeholders as {column}"
        },
        { Generation.Replace("{q}", "q}"), "where '}' at character 2 closes nothing" },
        { Generation.Replace("{q}", "{ }"), "the braces at character 1 hold no column name" },
        { Generation.Replace("'{q}'", "''"), "prompt is the string '', allowed is at most 10000 characters." },
        { "format: jsonl\n" + Splits + "prompt: p", "completion is not given, and neither are choices." },
        { Generation + "label: l", "line 5: label and labels point to a choice, and the task has no choices." },
        {
            Generation + "metric: accuracy",
            "line 5: metric accuracy is for tasks with choices. Use exact_match or perplexity, or give choices."
        },
        {
            Choice + "metric: exact_match",
            "metric exact_match is for tasks without choices. Use accuracy, matthews or f1."
        },
        {
            Choice.Replace("x, y", "x, y, z") + "metric: matthews",
            "metric matthews needs 2 fixed choices, and the task has 3."
        },
        { Choice.Replace("label: l\n", ""), "label is not given, and a task with choices needs it." },
        { Choice.Replace("x, y", "x"), "line 4: choices is a list of 1, allowed is" },
        { Choice.Replace("x, y", "x, '{'"), "line 4: choices has '{', where '{' at character 1 is not closed." },
        {
            Choice + "choices_column: c",
            "choices come from 2 of choices, choices_column and choices_pattern. Keep one of them."
        },
        {
            Choice.Replace("choices: [x, y]", "choices_column: c"),
            "line 4: choices_column 'c' cannot hold a list in format tsv."
        },
        { Choice.Replace("choices: [x, y]", "choices_from: c"), "choices_from and choices_pattern need each other" },
        {
            Choice.Replace("choices: [x, y]", "choices_from: c\nchoices_pattern: '(a'"),
            "choices_pattern is the string '(a', which is not a regular expression "
            + "(InsufficientClosingParentheses at character"
        },
        {
            Choice.Replace("choices: [x, y]", "choices_from: c\nchoices_pattern: a"),
            "choices_pattern is 'a', which has no capture group 1."
        },
        {
            Choice + "labels: {p: 0, n: 2}",
            "line 6: labels maps 'n' to 2, and there are 2 choices. Use an index of 0..1."
        },
        { Choice + "labels: {p: one}", "labels.'p' is 'one', expected a whole number." },
        { Choice + "labels: [p]", "labels is a list of 1, expected a mapping from labels to indices of choices." },
        {
            Choice + "completion: ' yes'",
            "line 6: completion ' yes' lacks {choice}, so all choices would read the same. Write {choice}"
        },
        { Generation + "system: s", "line 5: system is given, and the task is no chat. Set chat to true, or remove system." },
        { Generation + "chat: default", "chat is 'default', expected true or false." },
        { Generation + "chat: true\nsystem: '{'", "line 6: system is the string '{', where '{' at character 1 is not closed." },
        { Text + "chat: true", "line 3: chat is given, and format text has no rows" },
        {
            Choice + "metric: perplexity",
            "line 6: metric perplexity is for tasks without choices. Use accuracy, matthews or f1."
        },
        {
            Text + "prompt: p\nwhere: {all: {a: b}}",
            "line 3: prompt is given, and format text has no rows: every token is predicted. Remove prompt"
        },
        { Text + "where: {all: {a: b}}", "where.all is given, and format text has no rows" },
        { Text + "exclude_seen: false", "exclude_seen is given, and format text has no rows" },
        { Text + "metric: accuracy", "line 3: metric accuracy is not for format text. Use perplexity." },
        {
            Choice + "label_files: {train: [a, b]}",
            "line 6: label_files.train has 2 files, and splits.train has 1. Give one file of labels for every file of rows"
        },
        { Choice + "label_files: {dev: a}", "label_files.dev has 1 files, and splits.dev has 0." },
        { Generation + "label_files: {train: a}", "line 5: label_files.train is given, and the task has no choices." },
        { Choice + "where: {all: [a]}", "where.all is a list of 1, expected a mapping from columns to texts." },
        { Choice + "where: {all: {a: [b]}}", "where.all.'a' is a list of 1, expected a text." },
        {
            Choice + "choice_labels: c",
            "line 6: choice_labels name the choices of choices_column, which is not given. Give choices_column, or use labels."
        },
        {
            Choice.Replace("choices: [x, y]", "choices_column: c").Replace("tsv", "jsonl") + "choice_labels: c\nlabels: {a: 0}",
            "labels and choice_labels both say which choice a label stands for. Keep one of them."
        },
        { Generation.Replace("{q}", "{choices}") + "header: false", "header and columns are for format tsv" },
        {
            Choice.Replace("{q}", "{choices} {letter}") + "header: false\ncolumns: [q, l]",
            "line 3: prompt names the column 'letter', and columns are q, l."
        },
        { Choice + "forms: [a]", "line 6: forms is a list of 1, expected a group of forms. Give every form a name" },
        { Choice + "forms: {a: x}", "line 6: forms.a is 'x', expected a group of keys." },
        {
            Choice + "forms:\n  a: {name: b}",
            "line 7: name is given in form 'a'. Give it once, above forms: a task has one name."
        },
        {
            "format: jsonl\nforms:\n  a: {prompt: p, completion: c, splits: {dev: a}}\n  b: {prompt: p, completion: c}",
            "t.yaml, form b: splits names no file."
        },
        { Choice + "evaluate_on: dev", "line 6: evaluate_on is dev, and splits.dev is not given." },
        { Choice + "exclude_seen: 1", "exclude_seen is '1', expected true or false." },
    };

    [Theory]
    [MemberData(nameof(Files))]
    public void A_bad_task_file_is_refused_with_the_reason(string text, string expected)
    {
        var error = Assert.Throws<InputException>(() => TaskDefinition.Parse("t.yaml", text));
        Assert.StartsWith("t.yaml", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_files_that_the_bad_ones_are_made_from_are_good()
    {
        Assert.Equal(TaskMetric.ExactMatch, TaskDefinition.Parse("t.yaml", Generation).Metric);
        Assert.Equal(TaskMetric.Accuracy, TaskDefinition.Parse("t.yaml", Choice).Metric);
        Assert.Equal(TaskMetric.Perplexity, TaskDefinition.Parse("t.yaml", Text).Metric);
        Assert.Equal(TaskMetric.Perplexity, TaskDefinition.Parse("t.yaml", Generation + "metric: perplexity").Metric);
    }

    [Fact]
    public void A_problem_that_several_forms_share_is_said_once()
    {
        var error = Assert.Throws<InputException>(() => TaskDefinition.Parse(
            "t.yaml", Choice + "metric: best\nforms: {a: {exclude_seen: true}, b: {exclude_seen: false}}"));

        Assert.Equal(2, error.Message.Split("metric is 'best'").Length);
    }
}
