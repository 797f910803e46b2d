using MoR.Coordinator.Configuration;

namespace MoR.Coordinator.Tests.Data;

/// <summary>Task definitions for tests, as their files would declare them.</summary>
internal static class TaskDefinitions
{
    public const string File = "/recipes/tasks/toy.yaml";

    /// <summary>Pairs with a label, with a header, over /data/train.tsv and /data/dev.tsv.</summary>
    public static TaskDefinition Toy { get; } = new()
    {
        Name = "toy",
        FilePath = File,
        Format = TaskFormat.Tsv,
        Header = true,
        Splits = new TaskSplits { Train = ["train.tsv"], Dev = ["dev.tsv"] },
        Prompt = "{left} and {right}?",
        Completion = " {choice}",
        Choices = ["yes", "no"],
        LabelColumn = "label",
        Labels = new Dictionary<string, int>(StringComparer.Ordinal) { ["same"] = 0, ["other"] = 1 },
        Metric = TaskMetric.Accuracy,
        EvaluateOn = "dev",
    };

    /// <summary>The RTE of GLUE.</summary>
    public static TaskDefinition Rte { get; } = new()
    {
        Name = "rte",
        FilePath = "/recipes/tasks/rte.yaml",
        Format = TaskFormat.Tsv,
        Header = true,
        Splits = new TaskSplits { Train = ["RTE/train.tsv"], Dev = ["RTE/dev.tsv"] },
        Prompt = "{sentence1}\nQuestion: {sentence2} True or False?\nAnswer:",
        Completion = " {choice}",
        Choices = ["True", "False"],
        LabelColumn = "label",
        Labels = new Dictionary<string, int>(StringComparer.Ordinal) { ["entailment"] = 0, ["not_entailment"] = 1 },
        Metric = TaskMetric.Accuracy,
        EvaluateOn = "dev",
    };

    /// <summary>CoLA, with its two development sets.</summary>
    public static TaskDefinition Cola { get; } = new()
    {
        Name = "cola",
        FilePath = "/recipes/tasks/cola.yaml",
        Format = TaskFormat.Tsv,
        Columns = ["source", "label", "mark", "sentence"],
        Splits = new TaskSplits
        {
            Train = ["CoLA/in_domain_train.tsv"],
            Dev = ["CoLA/in_domain_dev.tsv", "CoLA/out_of_domain_dev.tsv"],
            Test = ["CoLA/dev.tsv"],
        },
        Prompt = "{sentence}\nIs this sentence grammatical?",
        Completion = " {choice}",
        Choices = ["no", "yes"],
        LabelColumn = "label",
        Metric = TaskMetric.Matthews,
        EvaluateOn = "dev",
    };

    /// <summary>ARC-Easy, whose choices stand in the instruction.</summary>
    public static TaskDefinition ArcEasy { get; } = new()
    {
        Name = "arc-easy",
        FilePath = "/recipes/tasks/arc-easy.yaml",
        Format = TaskFormat.Json,
        Splits = new TaskSplits { Train = ["ARC-Easy/train.json"], Test = ["ARC-Easy/test.json"] },
        Prompt = "{instruction}\n",
        Completion = "the correct answer is {choice}",
        ChoicesFrom = "instruction",
        ChoicesPattern = "(answer[1-9])",
        LabelColumn = "answer",
        Metric = TaskMetric.Accuracy,
        EvaluateOn = "test",
    };
}
