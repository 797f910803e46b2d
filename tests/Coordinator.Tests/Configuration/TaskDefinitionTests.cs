using MoR.Coordinator.Configuration;

namespace MoR.Coordinator.Tests.Configuration;

public sealed class TaskDefinitionTests
{
    [Fact]
    public void A_choice_task_gets_its_defaults()
    {
        var task = TaskDefinition.Parse(
            "/t/My Task.yml",
            """
            format: json
            splits: {train: [a.json, b.json], test: /abs/c.json}
            prompt: "{q} {{x}}"
            choices_column: options
            label: answer
            """);
        Assert.Equal("my-task", task.Name);
        Assert.Equal("/t/My Task.yml", task.FilePath);
        Assert.False(task.Header);
        Assert.True(task.HasChoices && task.ExcludeSeen);
        Assert.Equal(" {choice}", task.Completion);
        Assert.Equal("test", task.EvaluateOn);
        Assert.Null(task.Labels);
        Assert.Equal<string>(["/data/a.json", "/data/b.json"], task.FilesOf("train", "/data"));
        Assert.Equal<string>(["/t/a.json", "/t/b.json"], task.FilesOf("train", null));
        Assert.Equal<string>(["/abs/c.json"], task.FilesOf("test", "/data"));
        Assert.Empty(task.FilesOf("dev", "/data"));
    }

    [Fact]
    public void Labels_keep_the_order_of_the_file()
    {
        var task = TaskDefinition.Parse(
            "t.yaml",
            """
            format: tsv
            splits: {dev: a}
            prompt: p
            choices: [a, b, c]
            label: l
            labels: {zebra: 2, "0": 0, ant: 1}
            """);
        Assert.Equal(["zebra", "0", "ant"], task.Labels!.Keys);
        Assert.Equal(2, task.Labels["zebra"]);
        Assert.True(task.Labels.TryGetValue("ant", out var index) && index == 1);
        Assert.False(task.Labels.ContainsKey("Zebra"));
        Assert.Equal("dev", task.EvaluateOn);
    }

    [Fact]
    public void Every_form_has_the_keys_above_and_its_own()
    {
        var task = TaskDefinition.Parse(
            "/t/t.yaml",
            """
            metric: f1
            format: tsv
            choices: ["no", "yes"]
            prompt: "{a}"
            label: l
            splits: {train: none.tsv}
            forms:
              first:
                splits: {dev: a.tsv}
              second:
                format: jsonl
                prompt: "{b}"
                splits: {test: b.jsonl}
                where: {all: {kind: x, image: null}, test: {n: 1}}
            """);

        var second = Assert.Single(task.OtherForms);
        Assert.Equal(("t", "first", TaskFormat.Tsv, "{a}"), (task.Name, task.Form, task.Format, task.Prompt));
        Assert.Equal(("t", "second", TaskFormat.Jsonl, "{b}"), (second.Name, second.Form, second.Format, second.Prompt));
        Assert.Equal((TaskMetric.F1, TaskMetric.F1), (task.Metric, second.Metric));
        Assert.Empty(task.Splits.Train);
        Assert.Equal(("dev", "test"), (task.EvaluateOn, second.EvaluateOn));
        Assert.True(task.Where.IsEmpty);
        Assert.Equal<ColumnCondition>([new("kind", "x"), new("image", "")], second.Where.Of("train"));
        Assert.Equal<ColumnCondition>([new("kind", "x"), new("image", ""), new("n", "1")], second.Where.Of("test"));
    }

    [Fact]
    public void A_template_is_not_read_again_in_what_it_inserts()
    {
        var template = TaskTemplate.Parse("{{{a}}} {b}{a}");
        Assert.Equal<string>(["a", "b"], template.Placeholders);
        Assert.Equal("{{b}} {a}{b}", template.Render(name => name == "a" ? "{b}" : "{a}"));
    }

    [Theory]
    [InlineData("rte", TaskMetric.Accuracy, "dev", "RTE/train.tsv")]
    [InlineData("cola", TaskMetric.Matthews, "dev", "CoLA/in_domain_train.tsv")]
    [InlineData("arc_easy", TaskMetric.Accuracy, "test", "ARC-Easy/train.json")]
    [InlineData("instruction", TaskMetric.ExactMatch, "dev", "train.jsonl")]
    public void The_shipped_tasks_are_good(string name, TaskMetric metric, string evaluateOn, string train)
    {
        var task = TaskDefinition.Load(TaskCatalogue.PathOf(name, TestFolders.Tasks));
        Assert.Equal(name, task.Name);
        Assert.Equal((metric, evaluateOn), (task.Metric, task.EvaluateOn));
        Assert.Equal<string>([train], task.Splits.Train);
        Assert.False(task.Prompt.EndsWith(' ') || task.Prompt.EndsWith('\n'), "the completion brings the space");
        Assert.StartsWith(" ", task.Completion, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Answer1: a Answer2: b\n\nAnswer format: answer1/answer2", "answer1 answer2")]
    [InlineData("Is answer9/answer8 it?\n\nAnswer format: answer1/answer2/answer3", "answer1 answer2 answer3")]
    public void The_choices_of_arc_easy_are_those_of_its_last_line(string instruction, string choices)
    {
        var regex = TaskDefinition.Load(TaskCatalogue.PathOf("arc_easy", TestFolders.Tasks)).CreateChoicesRegex()!;
        Assert.Equal(choices, string.Join(' ', regex.Matches(instruction).Select(match => match.Groups[1].Value)));
    }

    [SkippableFact]
    public void Every_item_of_arc_easy_has_its_answer_among_three_to_five_choices()
    {
        var task = TaskDefinition.Load(TaskCatalogue.PathOf("arc_easy", TestFolders.Tasks));
        var files = task.FilesOf("train", Path.Join(TestFolders.Data, "tasks"));
        Skip.IfNot(files.All(File.Exists), $"{files[0]} is not there");
        var regex = task.CreateChoicesRegex()!;
        using var items = System.Text.Json.JsonDocument.Parse(File.ReadAllText(files[0]));
        foreach (var item in items.RootElement.EnumerateArray())
        {
            var instruction = item.GetProperty(task.ChoicesFrom!).GetString()!;
            var choices = regex.Matches(instruction).Select(match => match.Groups[1].Value).ToList();
            Assert.InRange(choices.Count, 3, 5);
            Assert.Contains(item.GetProperty(task.LabelColumn!).GetString(), choices);
        }
    }
}
