using System.Text.Json.Nodes;
using MoR.Cluster.Errors;
using MoR.Coordinator.CommandLine;
using MoR.Coordinator.Configuration;
using MoR.Coordinator.Doctor;
using MoR.Coordinator.Memory;
using MoR.Coordinator.Models;
using MoR.Coordinator.Training;

namespace MoR.Coordinator.Comparison;

/// <summary>A plan with everything it names read and checked: what is going to be run, and what that costs.</summary>
internal sealed class ComparisonGrid
{
    private readonly double _tokensPerRun;

    private ComparisonGrid(
        ComparisonPlan plan, IReadOnlyList<PlannedConfiguration> configurations, BackboneFolder backbone, TrainingData data)
    {
        (Plan, Configurations) = (plan, configurations);
        Runs = PlannedRun.Grid(plan, configurations);
        Tasks = [.. data.Evaluation.Select(task => task.Definition.Name)];
        var training = configurations[0].Recipe.Training;
        _tokensPerRun = (double)data.Set.Tokens / data.Set.Sequences.Length * training.BatchSequences * training.Steps;
        Memory = configurations.Select(item => TrainingMemory.Plan(item.Recipe, backbone, item.Layout, data))
            .MaxBy(needed => needed.Total)!;
        EvaluatedItems = data.Evaluation.Sum(task => task.Items.Length);
        Record = ComparisonRecord.Of(
            plan,
            configurations,
            backbone.Fingerprint(),
            DataFingerprint.Of(data.Tasks, Path.Combine(backbone.Path, "tokenizer.json")));
    }

    /// <summary>The plan.</summary>
    public ComparisonPlan Plan { get; }

    /// <summary>Its configurations, parameters matched.</summary>
    public IReadOnlyList<PlannedConfiguration> Configurations { get; }

    /// <summary>Every run, in the order in which they are made.</summary>
    public IReadOnlyList<PlannedRun> Runs { get; }

    /// <summary>Names of the tasks that are evaluated.</summary>
    public IReadOnlyList<string> Tasks { get; }

    /// <summary>What decides the results.</summary>
    public ComparisonRecord Record { get; }

    /// <summary>What the run that needs most needs.</summary>
    public MemoryPlan Memory { get; }

    private int EvaluatedItems { get; }

    private int Steps => Configurations[0].Recipe.Training.Steps;

    /// <summary>Reads what a plan names.</summary>
    /// <exception cref="InputException">Anything is missing or wrong, or there is nothing to compare by.</exception>
    public static ComparisonGrid Load(ComparisonPlan plan, Action<string> notice)
    {
        // Backbone, data and evaluation are the same in all configurations and for all seeds, samples aside.
        var first = plan.RecipeOf(plan.Configurations[0]) with { Seed = plan.Seeds[0] };
        RecipeFolders.Require(first);
        using var backbone = BackboneFolder.Open(first.Backbone.Path, notice);
        var configurations = ParameterMatching.Resolve(plan, backbone.Config);
        var data = TrainingData.Load(first, backbone.Config, backbone.Text, evaluate: true);
        if (data.Evaluation.FirstOrDefault(task => task.Definition.Metric == TaskMetric.Perplexity) is { } text)
        {
            throw new InputException(
                "data.tasks",
                $"task '{text.Definition.Name}' is measured by its perplexity, and configurations are compared by accuracy",
                "Name tasks whose answers are right or wrong.");
        }

        return data.Evaluation.IsEmpty
            ? throw new InputException(
                "data.tasks",
                "none of the tasks has a split to evaluate on, so there is nothing to compare by",
                "Give a task a dev or test split, or name another.")
            : new ComparisonGrid(plan, configurations, backbone, data);
    }

    /// <summary>Tells a person what is going to be run.</summary>
    /// <param name="terminal">Where.</param>
    /// <param name="complete">The runs that are complete.</param>
    public void Show(ITerminal terminal, IReadOnlyList<ComparedRun> complete)
    {
        var budget = Plan.Match is { } match ? Configurations.Single(item => item.Name == match.Configuration) : null;
        terminal.Table(
            $"{Plan.Name}: {Configurations.Count} configurations × {Plan.Seeds.Count} seeds = {Runs.Count} runs",
            ["configuration", "rank", "parameters", "experts", "routers", .. budget is null ? [] : (string[])["off budget"]],
            Configurations.Select(item => (IReadOnlyList<string>)
            [
                item.Name,
                item.RankText,
                $"{item.Parameters}",
                $"{item.ExpertParameters}",
                $"{item.RouterParameters}",
                .. budget is null
                    ? []
                    : (string[])[$"{(item.Parameters - budget.Parameters) / (double)budget.Parameters:+0.00%;-0.00%;0.00%}"],
            ]));
        terminal.Line($"seeds {string.Join(", ", Plan.Seeds)}; compared with {Plan.Reference}");
        terminal.Line(
            $"a run: {Steps} steps, about {_tokensPerRun:N0} tokens trained on, {EvaluatedItems} items evaluated before and "
            + $"after, about {Sizes.Text(Memory.Total)}; all {Runs.Count}: about {_tokensPerRun * Runs.Count:N0} tokens");
        if (Remaining(complete) is { } left)
        {
            terminal.Line(
                $"{complete.Count} of {Runs.Count} runs are complete; by their step times the others train for about "
                + $"{left:d\\.hh\\:mm\\:ss}, evaluation aside");
        }
    }

    /// <summary>The plan for programs.</summary>
    public JsonObject ToJson(string output, IReadOnlyList<ComparedRun> complete) => new()
    {
        ["dry_run"] = true,
        ["output"] = output,
        ["runs"] = Runs.Count,
        ["complete"] = complete.Count,
        ["seeds"] = new JsonArray([.. Plan.Seeds.Select(seed => (JsonNode)seed)]),
        ["reference"] = Plan.Reference,
        ["steps"] = Steps,
        ["tokens_per_run"] = _tokensPerRun,
        ["evaluated_items"] = EvaluatedItems,
        ["memory_bytes"] = Memory.Total,
        ["seconds_left"] = Remaining(complete)?.TotalSeconds,
        ["configurations"] = new JsonArray([.. Configurations.Select(item => (JsonNode)new JsonObject
        {
            ["name"] = item.Name,
            ["rank"] = item.RankText,
            ["parameters"] = item.Parameters,
            ["expert_parameters"] = item.ExpertParameters,
            ["router_parameters"] = item.RouterParameters,
        })]),
    };

    /// <summary>Time that steps are going to take, by the runs that were measured; null without any.</summary>
    private TimeSpan? Remaining(IReadOnlyList<ComparedRun> complete) =>
        complete.Average(run => run.Outcome.SecondsPerStep) is { } seconds
            ? TimeSpan.FromSeconds(seconds * Steps * (Runs.Count - complete.Count))
            : null;
}
