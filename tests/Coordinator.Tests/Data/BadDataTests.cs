using MoR.Cluster.Errors;
using MoR.Coordinator.Configuration;
using MoR.Coordinator.Data;

namespace MoR.Coordinator.Tests.Data;

/// <summary>Every mistake in a data set is one message that names file and line, the value, and what to do.</summary>
public sealed class BadDataTests
{
    private const string Header = "left\tright\tlabel\n";

    public static TheoryData<string, string, string[]> Tsv => new()
    {
        { "an empty file", "", ["/data/train.tsv: ", "holds no rows", "split 'train' of task 'toy'"] },
        { "a header alone", Header, ["holds no rows", TaskDefinitions.File] },
        {
            "a short row", Header + "a\tb\tsame\na\tb\n",
            ["/data/train.tsv, line 3: ", "2 columns, and 3 are needed (left, right, label)", "Correct the row"]
        },
        { "a long row", Header + "a\tb\tsame\tx\n", ["line 2", "4 columns, and 3"] },
        { "an empty line inside", Header + "\na\tb\tsame\n", ["line 2", "the line is empty", "Remove the line."] },
        { "a repeated name", "left\tright\tleft\na\tb\tc\n", ["line 1", "'left' twice", "header: false"] },
        {
            "a missing column", "left\twrong\tlabel\na\tb\tsame\n",
            ["line 2", "no column 'right'", "label, left, wrong", "Correct the column"]
        },
        {
            "an unknown label", Header + "a\tb\tSame\n",
            ["line 2", "label 'Same' in column 'label'", "'same', 'other'", TaskDefinitions.File]
        },
        { "an empty label", Header + "a\tb\t\n", ["line 2", "label '' in column 'label'"] },
        {
            "a long label", Header + "a\tb\t" + new string('x', 500) + "\n",
            ["label '" + new string('x', 80) + "…'"]
        },
    };

    public static TheoryData<string, string, string[]> Jsonl => new()
    {
        { "no JSON", """{"left": "a" """, ["/data/t.json, line 1: ", "not valid JSON at byte", "one whole object"] },
        {
            "no object", "{\"left\":\"a\",\"options\":[\"x\",\"y\"],\"label\":0}\n[1]",
            ["line 2", "an array", "an object is needed"]
        },
        { "a repeated key", """{"left": "a", "left": "b"}""", ["line 1", "column 'left' occurs twice"] },
        { "half a surrogate pair", """{"left": "\ud800"}""", ["line 1", "half a surrogate pair"] },
        { "a nested array", """{"left": [[1]]}""", ["column 'left' holds an array inside an array"] },
        { "uneven objects", """{"left": [{"a": 1}, {"b": 1}]}""", ["'left'", "the member 'a'"] },
        {
            "a text for a list", """{"left": "a", "options": "x", "label": "x"}""",
            ["'options' holds the text 'x'", "a list is needed"]
        },
        {
            "a list for a text", """{"left": [1, 2], "options": ["x", "y"]}""",
            ["'left' holds a list of 2", "a text is needed"]
        },
        {
            "one choice", """{"left": "a", "options": ["x"], "label": "x"}""",
            ["has 1 choice, and at least 2"]
        },
        {
            "an empty choice", """{"left": "a", "options": ["x", ""], "label": "x"}""",
            ["choice 2 of 2 is an empty text"]
        },
        {
            "a label that is no choice", """{"left": "a", "options": ["x", "y"], "label": "z"}""",
            ["label 'z' in column 'label'", "'x', 'y'"]
        },
        {
            "a label beyond the choices", """{"left": "a", "options": ["x", "y"], "label": 2}""",
            ["label '2' in column 'label'", "'x', 'y'"]
        },
    };

    public static TheoryData<string, string, string[]> Json => new()
    {
        { "no rows", "[]", ["holds no rows"] },
        { "white space", " \n", ["holds no rows"] },
        { "no array", """{"left": "a"}""", ["line 1", "does not start with '['", "format: jsonl"] },
        {
            "an end too early", "[\n{\"left\": \"a\",",
            ["/data/t.json, line 2: ", "not valid JSON at byte", "one array of objects"]
        },
        { "something after the array", "[]\n]", ["line 2", "not valid JSON"] },
        { "no object", "[\n1]", ["line 2", "the row is a number"] },
    };

    [Theory]
    [MemberData(nameof(Tsv))]
    public void In_tab_separated_values(string mistake, string train, string[] expected) =>
        Check(mistake, TaskDefinitions.Toy, new MemoryFiles().Add("/data/train.tsv", train), expected);

    [Theory]
    [MemberData(nameof(Jsonl))]
    public void In_json_lines(string mistake, string train, string[] expected) =>
        Check(mistake, Options(TaskFormat.Jsonl), new MemoryFiles().Add("/data/t.json", train), expected);

    [Theory]
    [MemberData(nameof(Json))]
    public void In_a_json_array(string mistake, string train, string[] expected) =>
        Check(mistake, Options(TaskFormat.Json), new MemoryFiles().Add("/data/t.json", train), expected);

    [Theory]
    [InlineData(TaskFormat.Jsonl)]
    [InlineData(TaskFormat.Json)]
    [InlineData(TaskFormat.Tsv)]
    public void Bytes_that_are_not_utf8(TaskFormat format)
    {
        byte[] bytes =
        [
            .. "{\"left\": \"a\", \"options\": [\"x\", \"y\"], \"label\": 0}\n{\"left\": \"caf"u8, 0xE9, .. "\"}\n"u8,
        ];

        Check("Latin-1", Options(format) with { Header = true }, new MemoryFiles().Add("/data/t.json", bytes), [
            "/data/t.json, line 2: ", "byte 14 of the line is not UTF-8 (0xE9)", "Convert the file to UTF-8",
        ]);
    }

    [Fact]
    public void A_missing_file() => Check("missing", TaskDefinitions.Toy, new MemoryFiles(), [
        "/data/train.tsv: there is no such file (split 'train' of task 'toy')",
        "data.folder (now '/data')",
        TaskDefinitions.File,
    ]);

    [Fact]
    public void A_folder_in_place_of_a_file()
    {
        string folder = AppContext.BaseDirectory;
        TaskDefinition task = TaskDefinitions.Toy with { Splits = new TaskSplits { Train = [folder] } };

        InputException error = Assert.Throws<InputException>(() => TaskData.Load(task, "/data"));

        Assert.StartsWith($"{folder.TrimEnd('/')}", error.Message, StringComparison.Ordinal);
        Assert.Contains("cannot be read", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_label_whose_index_an_item_does_not_have()
    {
        var letters = new Dictionary<string, int>(StringComparer.Ordinal) { ["A"] = 0, ["B"] = 1, ["C"] = 2 };
        MemoryFiles files = new MemoryFiles()
            .Add("/data/t.json", "{\"left\": \"a\", \"options\": [\"x\", \"y\"], \"label\": \"C\"}");

        Check("letter", Options(TaskFormat.Jsonl) with { Labels = letters }, files, [
            "line 1", "label 'C' stands for choice 2 (counted from 0), and the item has 2 choices", "'labels'",
        ]);
    }

    [Fact]
    public void A_pattern_that_does_not_come_to_an_end()
    {
        TaskDefinition task =
            TaskDefinitions.Toy with { Choices = [], ChoicesFrom = "left", ChoicesPattern = "(a+)+$" };
        MemoryFiles files = new MemoryFiles().Add("/data/train.tsv", $"{Header}{new string('a', 60)}!\tb\tsame\n");

        Check("pattern", task, files, ["line 2", "'(a+)+$' took over 1 s on column 'left'", "Simplify the pattern"]);
    }

    [Fact]
    public void An_evaluation_split_that_was_seen_whole()
    {
        MemoryFiles files = new MemoryFiles()
            .Add("/data/train.tsv", Header + "a\tb\tsame\n").Add("/data/dev.tsv", Header + "a\tb\tother\n");

        Check("seen", TaskDefinitions.Toy, files, [
            TaskDefinitions.File, "all 1 items of split 'dev' also occur in the training split", "exclude_seen: false",
        ]);
    }

    [Fact]
    public void A_task_without_training_items()
    {
        TaskDefinition task = TaskDefinitions.Toy with { Splits = new TaskSplits { Dev = ["dev.tsv"] } };
        MemoryFiles files = new MemoryFiles().Add("/data/dev.tsv", Header + "a\tb\tsame\n");
        TaskData data = TaskData.Load(task, "/data", open: files.Open);

        InputException error = Assert.Throws<InputException>(
            () => TrainingSet.Build([data], new SequenceEncoder(new CharacterEncoder(), 64)));

        Assert.Contains("task 'toy' has no training items", error.Message, StringComparison.Ordinal);
    }

    private static TaskDefinition Options(TaskFormat format) => TaskDefinitions.Toy with
    {
        Format = format,
        Header = false,
        Splits = new TaskSplits { Train = ["t.json"] },
        Prompt = "{left}",
        Choices = [],
        ChoicesColumn = "options",
        Labels = null,
        EvaluateOn = "none",
    };

    private static void Check(string mistake, TaskDefinition task, MemoryFiles files, string[] expected)
    {
        InputException error = Assert.Throws<InputException>(() => TaskData.Load(task, "/data", open: files.Open));

        Assert.All(expected, part => Assert.True(
            error.Message.Contains(part, StringComparison.Ordinal), $"{mistake}: '{part}' is not in: {error.Message}"));
        Assert.EndsWith(".", error.NextStep, StringComparison.Ordinal);
        Assert.Equal(2, error.ExitCode);
    }
}
