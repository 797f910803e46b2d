using MoR.Coordinator.Configuration;
using MoR.Coordinator.Data;

namespace MoR.Coordinator.Tests.Data;

public sealed class TaskDataTests
{
    private const string Train = "left\tright\tlabel\na\ta\tsame\na\tb\tother\nb\ta\tother\n";
    private const string Dev = "left\tright\tlabel\nc\tc\tsame\na\tb\tother\nc\td\tother\n";

    [Fact]
    public void Rows_become_prompts_choices_and_labels()
    {
        TaskData data = Load(TaskDefinitions.Toy);

        TaskItem item = data.Train[1];
        Assert.Equal(("a and b?", 1, " no", 1), (item.Prompt, item.Label, item.Completion, item.Id));
        Assert.Equal(["yes", "no"], item.Choices.AsEnumerable());
        Assert.Equal([" yes", " no"], item.ChoiceCompletions.AsEnumerable());
        Assert.Equal("/data/train.tsv, line 3", item.Source.ToString());
    }

    [Fact]
    public void Evaluation_items_whose_prompt_is_trained_on_are_dropped_and_counted()
    {
        TaskData data = Load(TaskDefinitions.Toy);

        Assert.Equal(["c and c?", "c and d?"], data.Evaluation.Select(item => item.Prompt));
        Assert.Equal([0, 2], data.Evaluation.Select(item => item.Id));
        Assert.Equal(1, data.SeenDropped);
    }

    [Fact]
    public void Seen_items_stay_when_the_task_says_so()
    {
        TaskData data = Load(TaskDefinitions.Toy with { ExcludeSeen = false });

        Assert.Equal((3, 0), (data.Evaluation.Length, data.SeenDropped));
    }

    [Fact]
    public void A_cap_on_training_items_does_not_change_what_is_evaluated()
    {
        TaskData data = Load(TaskDefinitions.Toy, maxTrainItems: 1);

        Assert.Single(data.Train);
        Assert.Equal((2, 1), (data.Evaluation.Length, data.SeenDropped));
    }

    [Fact]
    public void Classes_are_counted_and_the_majority_of_training_is_the_baseline()
    {
        TaskData data = Load(TaskDefinitions.Toy with { ExcludeSeen = false });

        Assert.Equal([new ClassCount("yes", 1), new ClassCount("no", 2)], data.TrainClasses.AsEnumerable());
        Assert.Equal([new ClassCount("yes", 1), new ClassCount("no", 2)], data.EvaluationClasses.AsEnumerable());
        Assert.Equal(2.0 / 3, data.MajorityBaseline);
    }

    [Fact]
    public void A_sample_of_the_evaluation_items_depends_on_the_seed_alone()
    {
        string dev = "left\tright\tlabel\n" + string.Concat(Enumerable.Range(0, 50).Select(i => $"x\t{i}\tsame\n"));
        TaskData data = Load(TaskDefinitions.Toy, dev: dev);

        int[] sample = [.. data.SampleEvaluation(10, seed: 1).Select(item => item.Id)];

        Assert.Equal(10, sample.Distinct().Count());
        Assert.Equal(sample.Order(), sample);
        Assert.Equal(sample, data.SampleEvaluation(10, seed: 1).Select(item => item.Id));
        Assert.NotEqual(sample, data.SampleEvaluation(10, seed: 2).Select(item => item.Id));
        Assert.Equal(50, data.SampleEvaluation(0, seed: 1).Length);
    }

    [Fact]
    public void A_task_without_choices_has_completions_and_no_labels()
    {
        TaskDefinition task =
            TaskDefinitions.Toy with { Choices = [], LabelColumn = null, Labels = null, Completion = " {label}!" };

        TaskData data = Load(task);

        Assert.Equal((" same!", -1), (data.Train[0].Completion, data.Train[0].Label));
        Assert.Empty(data.TrainClasses);
        Assert.Null(data.MajorityBaseline);
    }

    [Fact]
    public void Choices_come_from_a_list_and_the_label_may_be_its_text_or_its_index()
    {
        TaskDefinition task = TaskDefinitions.Toy with
        {
            Format = TaskFormat.Jsonl,
            Splits = new TaskSplits { Train = ["t.jsonl"] },
            Prompt = "{q}",
            Choices = [],
            ChoicesColumn = "options",
            LabelColumn = "answer",
            Labels = null,
            EvaluateOn = "none",
        };
        var files = new MemoryFiles().Add("/data/t.jsonl", """
            {"q": "one?", "options": ["u", "v", "w"], "answer": "w"}
            {"q": "two?", "options": ["u", "v"], "answer": 0}
            {"q": "three?", "options": ["2", "1", "0"], "answer": 1}
            """);

        TaskData data = TaskData.Load(task, "/data", open: files.Open);

        Assert.Equal([2, 0, 1], data.Train.Select(item => item.Label));
        Assert.Equal([" w", " u", " 1"], data.Train.Select(item => item.Completion));
        Assert.Empty(data.Evaluation);
    }

    [Fact]
    public void Choices_come_from_a_pattern_each_one_once()
    {
        TaskDefinition task = TaskDefinitions.Toy with
        {
            Choices = [],
            ChoicesFrom = "left",
            ChoicesPattern = @"\((\w)\)",
            Prompt = "{left}",
            LabelColumn = "right",
            Labels = null,
            EvaluateOn = "none",
        };

        TaskData data = Load(task, train: "left\tright\n(p) (q) (p) r\tq\n");

        Assert.Equal(["p", "q"], data.Train[0].Choices.AsEnumerable());
        Assert.Equal(1, data.Train[0].Label);
    }

    [Fact]
    public void Instruction_files_need_no_code()
    {
        TaskDefinition task =
            TaskDefinition.Load(Path.Combine(TestData.RepositoryRoot(), "tasks", "instruction.yaml"));
        const string rows = """
            {"instruction": "Add.", "input": "1 2", "output": "3"}
            {"instruction": "Greet.", "input": null, "output": "Hello {you}"}
            """;
        MemoryFiles files = new MemoryFiles()
            .Add("/data/train.jsonl", rows).Add("/data/dev.jsonl", rows.Split('\n')[0]);

        TaskData data = TaskData.Load(task with { ExcludeSeen = false }, "/data", open: files.Open);

        Assert.Equal([" 3", " Hello {you}"], data.Train.Select(item => item.Completion));
        Assert.StartsWith("Instruction: Add.\n1 2\n", data.Train[0].Prompt, StringComparison.Ordinal);
        Assert.Single(data.Evaluation);
    }

    [Theory]
    [InlineData("/data/RTE/train.tsv", "/data")]
    [InlineData("/data/tasks/RTE/train.tsv", "/data")]
    [InlineData("/data/RTE/train.tsv", "/data/RTE")]
    [InlineData("/recipes/tasks/RTE/train.tsv", null)]
    public void Files_are_found_below_the_data_folder_its_tasks_folder_or_in_their_own(string path, string? dataFolder)
    {
        TaskDefinition task = TaskDefinitions.Toy with
        {
            Splits = new TaskSplits { Train = ["RTE/train.tsv"] },
            EvaluateOn = "none",
        };

        TaskData data = TaskData.Load(task, dataFolder, open: new MemoryFiles().Add(path, Train).Open);

        Assert.Equal(path, data.Train[0].Source.File);
    }

    private static TaskData Load(
        TaskDefinition task, int? maxTrainItems = null, string train = Train, string dev = Dev)
    {
        MemoryFiles files = new MemoryFiles().Add("/data/train.tsv", train).Add("/data/dev.tsv", dev);
        return TaskData.Load(task, "/data", maxTrainItems, files.Open);
    }
}
