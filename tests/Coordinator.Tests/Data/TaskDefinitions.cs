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
}
