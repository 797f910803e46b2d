using System.Text.Json.Nodes;
using MoR.Coordinator.CommandLine;
using MoR.Coordinator.Configuration.Pretraining;
using MoR.Coordinator.Doctor;
using MoR.Coordinator.Memory;
using MoR.Model.Pretraining;
using MoR.Torch;

namespace MoR.Coordinator.Pretraining;

/// <summary>What a pretraining run is going to do, before it does anything: parameters, data, memory.</summary>
internal sealed class PretrainingPlan(
    PretrainingRecipe recipe, BackboneLayout layout, PretrainingText text, PretrainingData data,
    MemoryPlan memory)
{
    private const int ShownSequences = 3;
    private readonly int[][] _first = data.Sequences(1);

    /// <summary>One line for the log: what can change a bit.</summary>
    public string Facts
    {
        get
        {
            var torch = TorchRuntime.Info;
            return $"libtorch {torch.LibtorchVersion}, {torch.BlasLibrary} {torch.OpenBlasConfiguration}, "
                + $"{recipe.Numerics.EffectiveThreads} threads";
        }
    }

    /// <summary>What a reader of the results should know, a sentence each.</summary>
    public IReadOnlyList<string> Notices =>
        data.Validation.Length > 0 ? [] : ["Nothing is evaluated: no sequence is kept for validation."];

    /// <summary>The architecture in a few words.</summary>
    public string Architecture
    {
        get
        {
            var config = layout.Config;
            return $"{config.Layers} layers, hidden {config.HiddenSize}, {config.Heads} heads of {config.HeadSize}, "
                + $"vocabulary {config.VocabularySize}, {layout.TrainedCount:N0} parameters";
        }
    }

    private long TokensPerStep => _first.Sum(sequence => (long)sequence.Length);

    /// <summary>Tells a person.</summary>
    public void Show(ITerminal terminal)
    {
        terminal.Line($"backbone to train: {Architecture}");
        foreach (var source in data.Sources)
        {
            terminal.Line($"data: {source.Name}, " + (source.TrainingSequences is { } count
                ? $"{count:N0} sequences of at most {recipe.Data.MaxTokens} tokens"
                : $"generated documents of at most {recipe.Data.MaxTokens} tokens"));
        }

        terminal.Line(
            $"about {TokensPerStep:N0} tokens per step, {TokensPerStep * recipe.Training.Steps:N0} in {recipe.Training.Steps:N0} "
            + "steps");
        terminal.Line("evaluation: next-token NLL of " + (data.Validation.Length == 0
            ? "nothing"
            : string.Join(", ", data.Validation.Select(item => $"{item.Sequences.Count} sequences of {item.Source}"))));
        terminal.Line($"memory: about {Sizes.Text(memory.Total)} ({memory})");
        foreach (var notice in Notices)
        {
            terminal.Note(notice);
        }
    }

    /// <summary>Shows the first sequences.</summary>
    public void ShowSequences(ITerminal terminal)
    {
        foreach (var sequence in _first.Take(ShownSequences))
        {
            terminal.Line();
            terminal.Line(text.Render(sequence));
        }
    }

    /// <summary>The plan for programs.</summary>
    public JsonObject ToJson() => new()
    {
        ["dry_run"] = true,
        ["parameters"] = layout.TrainedCount,
        ["tokens_per_step"] = TokensPerStep,
        ["steps"] = recipe.Training.Steps,
        ["validation_sequences"] = data.Validation.Sum(item => item.Sequences.Count),
        ["memory_bytes"] = memory.Total,
        ["notices"] = new JsonArray([.. Notices.Select(notice => (JsonNode)notice)]),
    };
}
