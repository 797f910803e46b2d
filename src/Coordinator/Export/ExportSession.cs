using MoR.Cluster.Disk;
using MoR.Cluster.Errors;
using MoR.Coordinator.CommandLine;
using MoR.Coordinator.Configuration;
using MoR.Coordinator.Configuration.Pretraining;
using MoR.Coordinator.Pretraining;
using MoR.Coordinator.Runs;
using MoR.Coordinator.Training;

namespace MoR.Coordinator.Export;

/// <summary><c>mor export</c>. The run is only read, and may be training.</summary>
internal sealed class ExportSession(ExportOptions options, ITerminal terminal, IDisk disk)
{
    /// <summary>Runs the command.</summary>
    public CommandOutcome Run()
    {
        using var folder = RunFolder.OpenForReading(disk, options.Run);
        var text = folder.ReadRecipe();
        if (PretrainingRecipe.IsOne(text))
        {
            throw new InputException(
                folder.Location,
                "it is a pretraining run, which has no adapter",
                $"Other programs read {Path.Combine(folder.Location, PretrainedFolder.Name)} as it is.");
        }

        var recipe = Recipe.Parse(folder.RecipePath, text, []);
        var checkpoint = options.Step is { } wanted ? At(folder.Checkpoints, wanted) : folder.Checkpoints.Offered();
        var name = CheckpointNames.Of(checkpoint.Step);
        var output = AdapterFolder.FullPath(
            options.Output ?? Path.Combine("exports", $"{Path.GetFileName(folder.Location)}-{name}"));
        AdapterFolder.RequireFree(disk, output);
        using var adapter = PortableAdapter.Load(checkpoint.Location, recipe.Backbone.Path, terminal.Note);
        var result = adapter.Write(
            disk,
            output,
            recipe.Name,
            $"trained by the run `{recipe.Name}` for {checkpoint.Step} steps{Degraded(checkpoint)}",
            options.BaseModel ?? recipe.Backbone.Path);
        result["step"] = checkpoint.Step;
        terminal.Line($"{output} holds the adapter after step {checkpoint.Step}; its README.md says how to load it.");
        return CommandOutcome.Done(result);
    }

    private static string Degraded(Checkpoint checkpoint) =>
        TrainingMark.Of(checkpoint.Location) is { Degraded: true } training
            ? $" (degraded: {string.Join("; ", training.DegradedSteps)})"
            : "";

    private static Checkpoint At(CheckpointStore checkpoints, long step)
    {
        var steps = checkpoints.Steps();
        return steps.Contains(step)
            ? checkpoints.Verify(step)
            : throw new InputException(
                "--step",
                $"the run has no checkpoint after step {step}",
                steps.Count == 0 ? "It has none yet." : $"Give one of {string.Join(", ", steps)}.");
    }
}
