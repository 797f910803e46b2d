using MoR.Cluster.Disk;
using MoR.Cluster.Errors;
using MoR.Cluster.Seams;
using MoR.Coordinator.CommandLine;
using MoR.Coordinator.Configuration;
using MoR.Coordinator.Configuration.Pretraining;
using MoR.Coordinator.Doctor;
using MoR.Coordinator.Memory;
using MoR.Coordinator.Models;
using MoR.Coordinator.Runs;
using MoR.Coordinator.Training;
using MoR.Model.Pretraining;
using MoR.Torch.Runtime;

namespace MoR.Coordinator.Pretraining;

/// <summary><c>mor pretrain</c>: everything is read and checked before the run's folder is touched.</summary>
internal sealed class PretrainingSession(
    RunOptions options, ITerminal terminal, IDisk disk, TimeProvider time, IFatalExit fatal,
    Func<MemoryFacts> memory)
{
    /// <summary>Runs the command.</summary>
    public async Task<CommandOutcome> RunAsync(CancellationToken stop)
    {
        // A run that goes on is locked before its recipe is read, so that nobody changes it meanwhile.
        using var resumed = options.Resume is { } path ? RunFolder.Open(disk, path, terminal.Note) : null;
        var recipe = LoadRecipe(resumed);
        var device = ComputeDevice.Parse(options.Device);
        var text = PretrainingText.Load(recipe.Tokenizer, terminal.Note);
        var config = recipe.Model.ToConfig(text.VocabularySize, text.EndOfTextId);
        var layout = new BackboneLayout(config, recipe.Model.InitialDeviation);
        var data = PretrainingData.Load(recipe, text);
        var needed = PretrainingMemory.Plan(recipe, layout);
        var plan = new PretrainingPlan(recipe, layout, text, data, needed);
        plan.Show(terminal);
        needed.Require(device, memory(), terminal.Note);
        if (options.DryRun)
        {
            plan.ShowSequences(terminal);
            return CommandOutcome.Done(plan.ToJson());
        }

        using var pool = new MathPool(recipe.Numerics.EffectiveThreads);
        using var model = new TrainedBackbone(recipe, layout, data, pool, device);
        using var created = resumed is null
            ? RunSession.CreateFolder(disk, options.Output, recipe.Name, recipe.ToYaml())
            : null;
        var folder = (resumed ?? created)!;
        await using var log = RunSession.OpenLog(folder);
        log.Information("session begins: {Facts}", plan.Facts);
        terminal.Line($"run folder {folder.Location}");
        var settings = new TrainerSettings(
            recipe.Training, recipe.Checkpoint, recipe.Evaluation.EverySteps, recipe.Evaluation.EarlyStopPatience);
        var status = new StatusWriter(folder, "pretrain", recipe.Training.Steps, time)
        {
            Arguments = string.Join(' ', options.ArgumentsOfResume()),
        };
        var trainer = new Trainer(settings, model, folder, terminal, log, time, fatal, status);
        var backbone = new PretrainedFolder(disk, folder.Location);
        var result = new PretrainingResult(recipe, folder, backbone, layout, text, trainer, model, plan);
        return await new RunSession("pretrain", folder, terminal, log, status)
            .RunAsync(trainer, result, recipe.ToYaml(), recipe.Training.Steps, options.StopAfter, stop);
    }

    private PretrainingRecipe LoadRecipe(RunFolder? resumed)
    {
        var overrides = options.Overrides();
        if (resumed is null)
        {
            var given = options.Recipe
                ?? throw new InputException(
                    "mor pretrain", "neither a recipe nor --resume is given", "Name a recipe, or --resume a run.");
            return PretrainingRecipe.Load(RecipeCatalogue.PathOf(given, RecipeFamily.Pretraining.Folder), overrides);
        }

        ResumeRules.Pretraining.Check(overrides);
        var text = resumed.ReadRecipe();
        return PretrainingRecipe.IsOne(text)
            ? PretrainingRecipe.Parse(resumed.RecipePath, text, overrides)
            : throw new InputException(
                resumed.Location, "it is no pretraining run", "Go on with it by 'mor train --resume'.");
    }
}
