using System.Text.Json.Nodes;
using MoR.Coordinator.Comparison.Statistics;
using MoR.Coordinator.Configuration;

namespace MoR.Coordinator.Comparison;

/// <summary>What the complete runs of a plan say, with every comparison that was made.</summary>
public sealed class ComparisonResults
{
    /// <summary>Compares.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="configurations">Its configurations, in its order.</param>
    /// <param name="tasks">The tasks that are evaluated, in the recipe's order.</param>
    /// <param name="runs">The complete runs.</param>
    public ComparisonResults(
        ComparisonPlan plan, IReadOnlyList<PlannedConfiguration> configurations, IReadOnlyList<string> tasks,
        IReadOnlyList<ComparedRun> runs)
    {
        (Plan, Tasks, Complete) = (plan, tasks, runs.Count);
        Summaries =
        [
            .. configurations.Select(configuration => new ConfigurationSummary(
                configuration,
                [.. runs.Where(run => run.Run.Configuration.Name == configuration.Name)
                    .OrderBy(run => plan.Seeds.ToList().IndexOf(run.Run.Seed))])),
        ];

        // The mean over a single task would be the same comparison a second time.
        Columns = tasks.Count == 1 ? [tasks[0]] : [.. tasks, null];
        var reference = Summaries.Single(item => item.Configuration.Name == plan.Reference);
        var pairs = Summaries.Where(item => item != reference)
            .SelectMany(item => Columns, (item, task) => (item.Configuration.Name, task, item.To(reference, task)))
            .ToList();
        var adjusted = HolmCorrection.Adjust(pairs.ConvertAll(pair => pair.Item3?.P));
        Pairs = [.. pairs.Select((pair, index) => new ComparedPair(pair.Name, pair.task, pair.Item3, adjusted[index]))];
    }

    /// <summary>The plan.</summary>
    public ComparisonPlan Plan { get; }

    /// <summary>The tasks.</summary>
    public IReadOnlyList<string> Tasks { get; }

    /// <summary>What accuracies are shown and compared on: each task, and null for their mean if there are several.</summary>
    public IReadOnlyList<string?> Columns { get; }

    /// <summary>Runs that are complete.</summary>
    public int Complete { get; }

    /// <summary>Runs of the plan.</summary>
    public int Planned => Summaries.Count * Plan.Seeds.Count;

    /// <summary>Each configuration over its seeds.</summary>
    public IReadOnlyList<ConfigurationSummary> Summaries { get; }

    /// <summary>Every other configuration with the reference.</summary>
    public IReadOnlyList<ComparedPair> Pairs { get; }

    /// <summary>The results for programs.</summary>
    public JsonObject ToJson() => new()
    {
        ["runs"] = Planned,
        ["complete"] = Complete,
        ["reference"] = Plan.Reference,
        ["configurations"] = new JsonArray([.. Summaries.Select(ToJson)]),
        ["comparisons"] = new JsonArray([.. Pairs.Select(ToJson)]),
    };

    private JsonNode ToJson(ConfigurationSummary item)
    {
        var accuracy = new JsonObject();
        foreach (var task in Columns)
        {
            var mean = item.Accuracy(task);
            accuracy[task ?? ComparisonCsv.AllTasks] =
                new JsonObject { ["mean"] = mean?.Mean, ["standard_error"] = mean?.StandardError };
        }

        return new JsonObject
        {
            ["name"] = item.Configuration.Name,
            ["parameters"] = item.Configuration.Parameters,
            ["expert_parameters"] = item.Configuration.ExpertParameters,
            ["router_parameters"] = item.Configuration.RouterParameters,
            ["rank"] = item.Configuration.RankText,
            ["seeds"] = item.Runs.Count,
            ["accuracy"] = accuracy,
            ["load_cv"] = item.LoadCv,
            ["dead_experts"] = item.DeadExperts,
            ["seconds_per_step"] = item.SecondsPerStep,
        };
    }

    private static JsonNode ToJson(ComparedPair pair) => new JsonObject
    {
        ["configuration"] = pair.Configuration,
        ["task"] = pair.Task ?? ComparisonCsv.AllTasks,
        ["seeds"] = pair.Difference?.Difference.Count ?? 0,
        ["difference"] = pair.Difference?.Difference.Mean,
        ["standard_error"] = pair.Difference?.Difference.StandardError,
        ["low"] = pair.Difference?.Low,
        ["high"] = pair.Difference?.High,
        ["contains_zero"] = pair.Difference?.ContainsZero,
        ["p"] = pair.Difference?.P,
        ["p_holm"] = pair.AdjustedP,
        ["survives_holm"] = pair.Survives,
        ["won"] = pair.Difference?.Won,
        ["tied"] = pair.Difference?.Tied,
    };
}
