using System.Text.Json.Nodes;
using MoR.Coordinator.CommandLine;
using MoR.Coordinator.Configuration;
using MoR.Coordinator.Data;
using MoR.Coordinator.Doctor;
using MoR.Coordinator.Memory;
using MoR.Coordinator.Models;
using MoR.Model.Adapters;
using MoR.Torch;

namespace MoR.Coordinator.Training;

/// <summary>What a run is going to do, before it does anything: parameters, data, memory, and what shipping tokens would
/// cost.</summary>
internal sealed class TrainingPlan(
    Recipe recipe, BackboneFolder backbone, AdapterLayout layout, TrainingData data, MemoryPlan memory)
{
    private const int ShownSequences = 3;

    /// <summary>One line for the log: what can change a bit.</summary>
    public string Facts(string fingerprint)
    {
        var torch = TorchRuntime.Info;
        return $"libtorch {torch.LibtorchVersion}, {torch.BlasLibrary} {torch.OpenBlasConfiguration}, "
            + $"{recipe.Numerics.EffectiveThreads} threads, backbone {fingerprint[..12]}";
    }

    /// <summary>What a reader of the results should know, a sentence each.</summary>
    public IReadOnlyList<string> Notices =>
    [
        .. data.Set.Truncation.Where(item => item.Report.TruncatedItems > 0)
            .Select(item => $"training on {item.Task}: {item.Report}."),
        .. data.Evaluation.Where(task => task.Truncation.TruncatedItems > 0)
            .Select(task => $"evaluation on {task.Definition.Name}: {task.Truncation}."),
        .. data.Tasks.Where(task => task.SeenDropped > 0)
            .Select(task => $"{task.Definition.Name}: evaluation items left out, since they also occur in training: "
                + $"{task.SeenDropped}."),
        .. data.Tasks.Where(task => recipe.Evaluation.EverySteps > 0 && task.Definition is { EvaluateOn: "test", IsSkill: false })
            .Select(task => $"{task.Definition.Name}: evaluation.every_steps lets the test split choose the checkpoint, so its "
                + "score is too good to report; set evaluation.every_steps to 0, or the task's evaluate_on to dev."),
    ];

    /// <summary>Tells a person.</summary>
    public void Show(ITerminal terminal)
    {
        var config = backbone.Config;
        terminal.Line(
            $"backbone {backbone.Path}: {config.ModelType}, {config.Layers} layers, hidden {config.HiddenSize}, vocabulary "
            + $"{config.VocabularySize}");
        terminal.Line(
            $"adapter: {layout.TrainedCount:N0} parameters, of which routers "
            + $"{layout.RouterCount:N0}");
        terminal.Line(
            $"data: {data.Set.Sequences.Length:N0} sequences, {data.Set.Tokens:N0} tokens, {data.Set.SupervisedTokens:N0} "
            + $"supervised; {data.Schedule.StepsPerEpoch:F1} steps per epoch");
        foreach (var task in data.Tasks.Where(task => task.Definition.Form.Length > 0))
        {
            terminal.Line($"data set: {task.Definition.Name}, found in the form '{task.Definition.Form}'");
        }

        foreach (var task in data.Evaluation)
        {
            var baseline = data.Tasks.First(item => item.Definition == task.Definition).MajorityBaseline;
            terminal.Line(
                $"evaluation: {task.Definition.Name}, {task.Count} {(task.Definition.IsText ? "windows" : "items")}"
                + (baseline is null ? "" : $", the answer most common in training is right for {baseline:P1}"));
        }

        terminal.Line($"memory: about {Sizes.Text(memory.Peak)} at the peak ({memory})");
        foreach (var notice in Notices)
        {
            terminal.Note(notice);
        }
    }

    /// <summary>Shows the first sequences with their supervised part marked, and the traffic of expert nodes.</summary>
    public void ShowSequences(ITerminal terminal)
    {
        var traffic = TokenTraffic.Of(backbone.Config, layout.Spec, recipe.Numerics.Wire);
        terminal.Line(
            $"traffic if experts sat on nodes: {traffic.ForwardBytes / 1e6:F3} MB per token each way "
            + $"({RecipeKeys.Run.NumericsWire.Write(recipe)}), so 10 Gbit/s would carry about {traffic.TokensPerSecond(10e9):N0} tokens/s");
        foreach (var sequence in data.Set.Sequences.Take(ShownSequences))
        {
            terminal.Line();
            terminal.Line(SequenceRenderer.Render(sequence, backbone.Text.Render));
        }
    }

    /// <summary>The plan for programs.</summary>
    public JsonObject ToJson() => new()
    {
        ["dry_run"] = true,
        ["parameters"] = layout.TrainedCount,
        ["sequences"] = data.Set.Sequences.Length,
        ["tokens"] = data.Set.Tokens,
        ["supervised_tokens"] = data.Set.SupervisedTokens,
        ["steps"] = recipe.Training.Steps,
        ["memory_bytes"] = memory.Total,
        ["memory_peak_bytes"] = memory.Peak,
        ["traffic_bytes_per_token"] = TokenTraffic.Of(backbone.Config, layout.Spec, recipe.Numerics.Wire).ForwardBytes,
        ["notices"] = new JsonArray([.. Notices.Select(notice => (JsonNode)notice)]),
    };
}
