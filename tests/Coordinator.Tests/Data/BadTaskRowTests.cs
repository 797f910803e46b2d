using MoR.Cluster.Errors;
using MoR.Coordinator.Configuration;
using MoR.Coordinator.Data;

namespace MoR.Coordinator.Tests.Data;

/// <summary>Rows that do not fit the shipped task files: one message with the file, the line, the key and what to do.</summary>
public sealed class BadTaskRowTests
{
    private const string Piqa = "physicaliqa-train-dev/";
    private const string Choices =
        """[{"label": "A", "text": "x"}, {"label": "B", "text": "y"}]""";

    public static TheoryData<string, string[], string[]> Rows => new()
    {
        {
            "mrpc", ["MRPC/train.tsv", "Quality\t#1 ID\t#2 ID\t#1 String\t#2 String\n2\t1\t2\ta\tb\n"],
            ["/data/MRPC/train.tsv, line 2: ", "label '2' in column 'Quality'", "'0', '1'", "mrpc.yaml"]
        },
        {
            "mrpc", ["MRPC/train.tsv", "Quality\t#1 ID\t#2 ID\t#1 String\t#2 String\n1\t1\t2\ta\n"],
            ["/data/MRPC/train.tsv, line 2: ", "4 columns, and 5 are needed"]
        },
        {
            "commonsenseqa", ["CommonsenseQA/train_rand_split.jsonl", """{"question": {"stem": "q", "choices": """ + Choices + "}}"],
            ["train_rand_split.jsonl, line 1: ", "there is no column 'answerKey'", "question.choices.text"]
        },
        {
            "commonsenseqa",
            ["CommonsenseQA/train_rand_split.jsonl", """{"answerKey": "C", "question": {"stem": "q", "choices": """ + Choices + "}}"],
            ["line 1: ", "label 'C' in column 'answerKey' is not one of: 'A', 'B'"]
        },
        {
            "openbookqa",
            [
                "OpenBookQA-V1-Sep2018/Data/Main/train.jsonl",
                """{"answerKey": "A", "question": {"stem": "q", "choices": [{"text": "x"}, {"label": "B", "text": "y"}]}}""",
            ],
            ["line 1: ", "there is no column 'question.choices.label'"]
        },
        {
            "scienceqa", ["ScienceQA/problems.json", """[{"question": "q"}]"""],
            ["problems.json, line 1: ", "does not start with '{'", "format: json'"]
        },
        {
            "scienceqa", ["ScienceQA/problems.json", "{\n\"1\": {\"image\": null, \"split\": \"test\"},\n\"2\": 3}"],
            ["problems.json, line 3: ", "the row is a number"]
        },
        {
            "scienceqa", ["ScienceQA/problems.json", """{"1": {"image": "image.png", "split": "train"}}"""],
            ["problems.json: ", "none of its 1 rows fulfils 'where' (image: '', split: 'train'", "Correct 'where'"]
        },
        {
            "scienceqa", ["ScienceQA/problems.json", """{"1": {"image": null}}"""],
            ["problems.json, line 1: ", "there is no column 'split'"]
        },
        {
            "scienceqa",
            [
                "ScienceQA/problems.json",
                """{"1": {"image": null, "split": "train", "question": "q", "hint": "", "choices": ["a", "b"], "answer": 2}}""",
            ],
            ["line 1: ", "label '2' stands for choice 2 (counted from 0), and the item has 2 choices"]
        },
        {
            "piqa", [Piqa + "train.jsonl", """{"goal": "g", "sol1": "a", "sol2": "b"}""", Piqa + "train-labels.lst", "7\n"],
            ["/data/physicaliqa-train-dev/train-labels.lst, line 1: ", "label '7' in column 'label'", "'0', '1'"]
        },
        {
            "piqa", [Piqa + "train.jsonl", "{\"goal\": \"g\", \"sol1\": \"a\", \"sol2\": \"b\"}\n{}", Piqa + "train-labels.lst", "1\n"],
            ["train.jsonl, line 2: ", "the row is number 2, and '/data/physicaliqa-train-dev/train-labels.lst' holds 1 labels"]
        },
        {
            "piqa", [Piqa + "train.jsonl", """{"goal": "g", "sol1": "a", "sol2": "b"}""", Piqa + "train-labels.lst", "1\n0\n"],
            ["train-labels.lst, line 2: ", "the label '0' is beyond the 1 rows of '/data/physicaliqa-train-dev/train.jsonl'"]
        },
        {
            "piqa", [Piqa + "train.jsonl", """{"label": "0"}""", Piqa + "train-labels.lst", "1\n"],
            ["train.jsonl, line 1: ", "the row has a column 'label', which also comes from", "Remove label_files"]
        },
        {
            "piqa", [Piqa + "train.jsonl", """{"goal": "g", "sol1": "a", "sol2": "b"}"""],
            ["/data/physicaliqa-train-dev/train-labels.lst: ", "there is no such file"]
        },
        {
            "hellaswag", ["HellaSwag/hellaswag_train.jsonl", """{"activity_label": "a", "ctx": "c", "endings": ["x"], "label": 0}"""],
            ["line 1: ", "the item has 1 choice, and at least 2"]
        },
        {
            "boolq", ["elsewhere.jsonl", "{}"],
            [
                "/data/BoolQ/train.jsonl: there is no such file, and none of task 'boolq' in any other form",
                "llm_adapters: boolq/train.json, boolq/test.json", "Set data.folder (now '/data')",
            ]
        },
        { "language_model", ["train.txt", ""], ["/data/train.txt: ", "holds no text (split 'train'"] },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public void Are_refused_with_their_place(string task, string[] files, string[] expected)
    {
        var memory = new MemoryFiles();
        foreach (string[] file in files.Chunk(2))
        {
            memory.Add($"/data/{file[0]}", file[1]);
        }

        TaskDefinition definition =
            TaskDefinition.Load(Path.Combine(TestData.RepositoryRoot(), "tasks", $"{task}.yaml"));

        InputException error =
            Assert.Throws<InputException>(() => TaskData.Load(definition, "/data", open: memory.Open));

        Assert.All(expected, part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
        Assert.EndsWith(".", error.NextStep, StringComparison.Ordinal);
    }

    [Fact]
    public void So_are_labels_of_another_number_than_the_choices_and_more_choices_than_letters()
    {
        TaskDefinition task = TaskDefinition.Parse("/t.yaml", """
            format: jsonl
            splits: {train: t.jsonl}
            prompt: p
            completion: " {letter}"
            choices_column: c
            choice_labels: l
            label: a
            """);
        string many = string.Join(',', Enumerable.Range(0, 27).Select(number => $"\"{number}\""));

        Assert.Contains(
            "/data/t.jsonl, line 1: column 'l' holds 1 labels, and the item has 2 choices",
            Failure("""{"c": ["x", "y"], "l": ["A"], "a": "A"}"""),
            StringComparison.Ordinal);
        Assert.Contains(
            "line 1: the item has a choice 27, and there are letters for 26",
            Failure($$"""{"c": [{{many}}], "l": [{{many}}], "a": "3"}"""),
            StringComparison.Ordinal);

        string Failure(string row) => Assert.Throws<InputException>(() => TaskData.Load(
            task, "/data", open: new MemoryFiles().Add("/data/t.jsonl", row).Open)).Message;
    }
}
