using System.Text.Json;
using MoR.Coordinator.Configuration;
using MoR.Coordinator.Data;
using MoR.Coordinator.Evaluation;

namespace MoR.Coordinator.Tests.Data;

/// <summary>The shipped task files over made-up items in the shape of the real files.</summary>
public sealed class ShippedTaskTests
{
    /// <summary>GLUE's file: a byte order mark, and quotes that open and do not close.</summary>
    private const string Mrpc =
        "\uFEFFQuality\t#1 ID\t#2 ID\t#1 String\t#2 String\r\n"
        + "1\t11\t12\t\"It rained , \" he said .\tHe said it \" rained .\r\n"
        + "0\t13\t14\tA cat sat .\tA dog ran .\r\n";

    private const string MultipleChoice =
        """{"id": "x1", "question": {"question_concept": "rain", "stem": "What falls?", "choices": """
        + """[{"label": "A", "text": "rain"}, {"label": "B", "text": "up"}]}, "answerKey": "B"}""" + "\n"
        + """{"id": "x2", "question": {"stem": "How many?", "choices": [{"text": "two", "label": "1"}, """
        + """{"text": "1", "label": "2"}, {"text": "none", "label": "3"}]}, "answerKey": "1"}""";

    private const string MultipleChoicePrompt = "Question: What falls?\nA. rain\nB. up\nAnswer:";

    [Theory]
    [InlineData("MRPC/train.tsv", "MRPC/dev.tsv")]
    [InlineData("MRPC/msr_paraphrase_train.txt", "MRPC/msr_paraphrase_test.txt")]
    public void Mrpc_keeps_its_quotes(string train, string evaluation)
    {
        TaskData data = Load("mrpc", (train, Mrpc), (evaluation, Mrpc.Replace("rained", "snowed")));

        Check(
            data,
            "First: \"It rained , \" he said .\nSecond: He said it \" rained .\nDo both mean the same? Answer:",
            ["no", "yes"],
            " yes");
        Assert.Equal([1, 0], data.Train.Select(item => item.Label));
        Assert.Single(data.Evaluation);
    }

    [Fact]
    public void Mrpc_is_scored_by_the_f1_of_paraphrases()
    {
        // Counted by hand: of five paraphrases three are found, and one pair is taken for one that is none.
        int[] labels = [1, 1, 1, 1, 1, 0, 0, 0];
        int[] predicted = [1, 1, 1, 0, 0, 1, 0, 0];
        string rows = string.Concat(labels.Select((label, i) => $"{label}\t{i}\t{i + 100}\tone {i}\ttwo {i}\n"));
        TaskData data = Load(
            "mrpc", ("MRPC/train.tsv", Mrpc), ("MRPC/dev.tsv", "Quality\t#1 ID\t#2 ID\t#1 String\t#2 String\n" + rows));

        MetricResult result = Metrics.OfChoices(
            data.Definition.Metric, predicted, [.. data.Evaluation.Select(item => item.Label)]);

        const double precision = 3.0 / 4, recall = 3.0 / 5;
        Assert.Equal(("f1", 8), (result.Name, result.Count));
        Assert.Equal(2 * precision * recall / (precision + recall), result.Value, 12);
        Assert.Equal(5.0 / 8, result.Accuracy);
    }

    [Fact]
    public void Scienceqa_takes_the_questions_without_an_image_of_each_split()
    {
        const string problems = """
            {
              "1": {"question": "Which is far?", "choices": ["a", "b"], "answer": 0, "hint": "", "image": "image.png", "split": "train"},
              "2": {"question": "How many?", "choices": ["2", "1", "0"], "answer": 0, "hint": "Look.", "image": null, "split": "train"},
              "3": {"question": "Is it?", "choices": ["yes", "no"], "answer": 1, "hint": "", "image": null, "split": "val"},
              "4": {"question": "Was it?", "choices": ["yes", "no"], "answer": 1, "hint": "", "image": null, "split": "test"}
            }
            """;

        TaskData data = Load("scienceqa", ("ScienceQA/problems.json", problems));

        Check(data, "Look.\nQuestion: How many?\nA. 2\nB. 1\nC. 0\nAnswer:", ["2", "1", "0"], " A");
        Assert.Equal("/data/ScienceQA/problems.json, line 3", Assert.Single(data.Train).Source.ToString());
        Assert.Equal("\nQuestion: Was it?\nA. yes\nB. no\nAnswer:", Assert.Single(data.Evaluation).Prompt);
        Assert.Equal(" B", data.Evaluation[0].Completion);
    }

    [Theory]
    [InlineData("commonsenseqa", "CommonsenseQA/train_rand_split.jsonl", "CommonsenseQA/dev_rand_split.jsonl")]
    [InlineData(
        "openbookqa", "OpenBookQA-V1-Sep2018/Data/Main/train.jsonl", "OpenBookQA-V1-Sep2018/Data/Main/test.jsonl")]
    [InlineData(
        "arc_challenge", "ARC-V1-Feb2018-2/ARC-Challenge/ARC-Challenge-Train.jsonl",
        "ARC-V1-Feb2018-2/ARC-Challenge/ARC-Challenge-Test.jsonl")]
    [InlineData(
        "arc_easy", "ARC-V1-Feb2018-2/ARC-Easy/ARC-Easy-Train.jsonl", "ARC-V1-Feb2018-2/ARC-Easy/ARC-Easy-Test.jsonl")]
    public void An_answer_is_found_by_the_items_own_labels(string task, string train, string evaluation)
    {
        TaskData data = Load(task, (train, MultipleChoice), (evaluation, MultipleChoice.Replace("falls", "rises")));

        Check(data, MultipleChoicePrompt, ["rain", "up"], " B");

        // The label 1 is the first one's here, although the second choice reads "1".
        Assert.Equal((0, " A"), (data.Train[1].Label, data.Train[1].Completion));
        Assert.Equal([" A", " B", " C"], data.Train[1].ChoiceCompletions.AsEnumerable());
        Assert.Single(data.Evaluation);
    }

    [Fact]
    public void Boolq_answers_yes_or_no()
    {
        const string train =
            """{"question": "does it rain", "title": "Rain", "answer": true, "passage": "Rain falls."}""";

        TaskData data = Load(
            "boolq", ("BoolQ/train.jsonl", train), ("BoolQ/dev.jsonl", train.Replace("true", "false").Replace("does", "did")));

        Check(data, "Rain falls.\nQuestion: does it rain?\nAnswer:", ["no", "yes"], " yes");
        Assert.Equal(" no", data.Evaluation[0].Completion);
    }

    [Theory]
    [InlineData("physicaliqa-train-dev", "dev")]
    [InlineData("PIQA", "valid")]
    public void Piqa_has_its_labels_in_a_file_of_their_own(string folder, string evaluation)
    {
        const string train = """
            {"goal": "Dry a cat", "sol1": "use a towel", "sol2": "use a fan"}
            {"goal": "Wet a cat", "sol1": "don't", "sol2": "rain"}
            """;

        TaskData data = Load(
            "piqa",
            ($"{folder}/train.jsonl", train), ($"{folder}/train-labels.lst", "1\n0\n"),
            ($"{folder}/{evaluation}.jsonl", train.Replace("cat", "dog")), ($"{folder}/{evaluation}-labels.lst", "0\r\n1"));

        Check(data, "Goal: Dry a cat\nSolution:", ["use a towel", "use a fan"], " use a fan");
        Assert.Equal([1, 0], data.Train.Select(item => item.Label));
        Assert.Equal([0, 1], data.Evaluation.Select(item => item.Label));
    }

    [Fact]
    public void Siqa_counts_its_labels_from_one()
    {
        const string row =
            """{"context": "Ann ran.", "question": "Why?", "answerA": "to win", "answerB": "to rest", "answerC": "no"}""";

        TaskData data = Load(
            "siqa",
            ("socialiqa-train-dev/train.jsonl", row), ("socialiqa-train-dev/train-labels.lst", "3\n"),
            ("socialiqa-train-dev/dev.jsonl", row.Replace("Ann", "Bob")), ("socialiqa-train-dev/dev-labels.lst", "1\n"));

        Check(
            data,
            "Ann ran.\nQuestion: Why?\nA. to win\nB. to rest\nC. no\nAnswer:",
            ["to win", "to rest", "no"],
            " C");
        Assert.Equal(" A", data.Evaluation[0].Completion);
    }

    [Fact]
    public void Winogrande_fills_the_blank()
    {
        const string row =
            """{"qID": "q-1", "sentence": "The cup broke the plate as _ fell.", "option1": "cup", "option2": "plate", "answer": "1"}""";

        TaskData data = Load(
            "winogrande",
            ("winogrande_1.1/train_xl.jsonl", row), ("winogrande_1.1/dev.jsonl", row.Replace("broke", "cut")));

        Check(
            data,
            "Sentence: The cup broke the plate as _ fell.\nThe blank is cup or plate. Answer:",
            ["cup", "plate"],
            " cup");
    }

    [Fact]
    public void Hellaswag_goes_on_with_an_ending()
    {
        const string row =
            """{"ind": 4, "activity_label": "Baking", "ctx_a": "A man stirs.", "ctx_b": "he", "ctx": "A man stirs. he","""
            + """ "split": "train", "label": 3, "endings": ["eats.", "runs.", "2", "bakes."], "source_id": "s"}""";

        TaskData data = Load(
            "hellaswag",
            ("HellaSwag/hellaswag_train.jsonl", row), ("HellaSwag/hellaswag_val.jsonl", row.Replace("Baking", "Eating")));

        Check(data, "Baking: A man stirs. he", ["eats.", "runs.", "2", "bakes."], " bakes.");
    }

    [Theory]
    [InlineData("openbookqa", "openbookqa", "answer1/answer2/answer3/answer4", "answer4")]
    [InlineData("arc_challenge", "ARC-Challenge", "answer1/answer2/answer3", "answer1")]
    [InlineData("arc_easy", "ARC-Easy", "answer1/answer2/answer3", "answer1")]
    [InlineData("boolq", "boolq", "true/false", "false")]
    [InlineData("piqa", "piqa", "solution1/solution2", "solution2")]
    [InlineData("siqa", "social_i_qa", "answer1/answer2/answer3", "answer2")]
    [InlineData("winogrande", "winogrande", "option1/option2", "option1")]
    [InlineData("hellaswag", "hellaswag", "ending1/ending2/ending3/ending4", "ending3")]
    public void The_form_of_llm_adapters_is_read_too(string task, string folder, string format, string answer)
    {
        string instruction = $"Please choose: Is it answer9/answer8?\n\nAnswer1: a Answer2: b\n\nAnswer format: {format}";

        TaskData data = Load(
            task, ($"{folder}/train.json", Items(instruction)), ($"{folder}/test.json", Items("Now. " + instruction)));

        Check(data, instruction + "\n\nAnswer:", format.Split('/'), $" {answer}");
        Assert.Single(data.Evaluation);

        string Items(string text) => JsonSerializer.Serialize(new[]
        {
            new { instruction = text, input = "", output = $"the correct answer is {answer}", answer },
        });
    }

    [Fact]
    public void A_language_model_is_trained_and_evaluated_on_whole_texts()
    {
        TaskData data = Load("language_model", ("train.txt", "\uFEFFOne.\r\n\nTwo."), ("dev.txt", "Three."));

        Assert.Equal("One.\r\n\nTwo.", Assert.Single(data.TrainTexts).Text);
        Assert.Equal("Three.", Assert.Single(data.EvaluationTexts).Text);
        Assert.Equal((true, TaskMetric.Perplexity), (data.HasEvaluation, data.Definition.Metric));
        Assert.Null(data.MajorityBaseline);
    }

    [Fact]
    public void The_first_form_that_is_there_is_read()
    {
        const string adapters =
            """[{"instruction": "Answer format: true/false", "input": "", "output": "", "answer": "true"}]""";
        const string original =
            """{"question": "q", "title": "t", "answer": true, "passage": "p"}""";

        TaskData both = Load(
            "boolq", ("BoolQ/train.jsonl", original), ("BoolQ/dev.jsonl", original.Replace("q\"", "r\"")),
            ("boolq/train.json", adapters), ("boolq/test.json", adapters));

        Assert.Equal(("original", "dev"), (both.Definition.Form, both.Definition.EvaluateOn));
    }

    private static TaskData Load(string task, params (string Path, string Text)[] files)
    {
        var memory = new MemoryFiles();
        foreach ((string path, string text) in files)
        {
            memory.Add($"/data/{path}", text);
        }

        TaskDefinition definition =
            TaskDefinition.Load(Path.Combine(TestData.RepositoryRoot(), "tasks", $"{task}.yaml"));
        return TaskData.Load(definition, "/data", open: memory.Open);
    }

    /// <summary>What the first training item is.</summary>
    private static void Check(TaskData data, string prompt, string[] choices, string completion)
    {
        TaskItem item = data.Train[0];
        Assert.Equal(prompt, item.Prompt);
        Assert.Equal(choices, item.Choices.AsEnumerable());
        Assert.Equal(completion, item.Completion);
        Assert.Equal(item.ChoiceCompletions[item.Label], item.Completion);
        string metric = Metrics.NameOf(data.Definition.Metric);
        Assert.Equal(data.Definition.Name == "mrpc" ? "f1" : "accuracy", metric);
    }
}
