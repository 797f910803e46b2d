using MoR.Cluster.Disk;
using MoR.Cluster.Errors;
using MoR.Cluster.Seams;
using MoR.Coordinator.CommandLine;
using MoR.Coordinator.Configuration;
using MoR.Coordinator.Doctor;
using MoR.Coordinator.Memory;
using MoR.Coordinator.Models;
using MoR.Coordinator.Runs;
using MoR.Model.Adapters;
using Serilog;
using Serilog.Core;
using TorchSharp;

namespace MoR.Coordinator.Training;

/// <summary><c>mor train</c>: everything is read and checked before the run's folder is touched.</summary>
internal sealed class TrainingSession(
    TrainOptions options, ITerminal terminal, IDisk disk, TimeProvider time, IFatalExit fatal,
    Func<MemoryFacts> memory)
{
    private const string RunsFolder = "runs";

    /// <summary>Runs the command.</summary>
    public async Task<CommandOutcome> RunAsync(CancellationToken stop)
    {
        // A run that goes on is locked before its recipe is read, so that nobody changes it meanwhile.
        using var resumed = options.Resume is { } path ? RunFolder.Open(disk, path, terminal.Note) : null;
        var recipe = LoadRecipe(resumed);
        RecipeFolders.Require(recipe);
        var device = ComputeDevice.Parse(options.Device);
        using var files = BackboneFolder.Open(recipe.Backbone.Path, terminal.Note);
        var spec = AdapterSpecs.Of(recipe, files.Config);
        var data = TrainingData.Load(recipe, files.Config, files.Text, evaluate: !options.NoEval);
        var layout = new AdapterLayout(files.Config, spec);
        var needed = TrainingMemory.Plan(recipe, files, layout, data);
        var plan = new TrainingPlan(recipe, files, layout, data, needed);
        plan.Show(terminal);
        if (device.type == DeviceType.CPU)
        {
            needed.Require(memory(), terminal.Note);
        }

        if (options.DryRun)
        {
            plan.ShowSequences(terminal);
            return CommandOutcome.Done(plan.ToJson());
        }

        using var backbone = files.Load(recipe.Backbone.Dtype, device, recipe.Numerics.EffectiveThreads);
        using var created = resumed is null ? CreateFolder(recipe) : null;
        var folder = (resumed ?? created)!;
        await using var log = OpenLog(folder);
        return await TrainAsync(new Opened(recipe, backbone, spec, data, plan, folder, log), stop);
    }

    private async Task<CommandOutcome> TrainAsync(Opened run, CancellationToken stop)
    {
        run.Log.Information("session begins: {Facts}", run.Plan.Facts(run.Backbone.Backbone.Fingerprint));
        terminal.Line($"run folder {run.Folder.Location}");
        using var trainer = new Trainer(
            run.Recipe, run.Backbone, run.Data, run.Folder, run.Spec, terminal, run.Log, time, fatal);

        // A run that goes on may do so with other values, which nothing refused by now.
        if (run.Folder.ReadRecipe() != run.Recipe.ToYaml())
        {
            run.Folder.ReplaceRecipe(run.Recipe.ToYaml());
        }

        var result = new TrainingResult(run.Recipe, run.Folder, trainer, run.Plan.Notices, disk);
        if (trainer.Progress.Step >= run.Recipe.Training.Steps)
        {
            terminal.Line(
                $"the run has made {trainer.Progress.Step} of {run.Recipe.Training.Steps} steps: nothing is left to train; "
                + "--resume with larger --steps goes on");
        }

        try
        {
            var complete = await trainer.RunAsync(options.StopAfter ?? long.MaxValue, stop);
            result.WriteReport();
            result.Show(terminal, complete);
            run.Log.Information("session ends at step {Step}", trainer.Progress.Step);
            return CommandOutcome.Done(result.ToJson());
        }
        catch (OperationCanceledException)
        {
            result.WriteReport();
            run.Log.Information("session interrupted at step {Step}", trainer.Progress.Step);
            terminal.Line(
                $"interrupted after step {trainer.Progress.Step}; go on with: "
                + $"{LauncherCall.Mor} train --resume {LauncherCall.Word(run.Folder.Location)}");
            return CommandOutcome.Interrupted(result.ToJson());
        }
        catch (Exception failure)
        {
            run.Log.Error(failure, "session failed after step {Step}", trainer.Progress.Step);
            throw;
        }
    }

    private Recipe LoadRecipe(RunFolder? resumed)
    {
        var overrides = options.Set.ToList();
        if (options.Steps is { } steps)
        {
            overrides.Add($"training.steps={steps}");
        }

        if (resumed is null)
        {
            var given = options.Recipe
                ?? throw new InputException(
                    "mor train", "neither a recipe nor --resume is given", "Name a recipe, or --resume a run.");
            return Recipe.Load(RecipeCatalogue.PathOf(given), overrides);
        }

        ResumeRules.Check(overrides);
        return Recipe.Parse(resumed.RecipePath, resumed.ReadRecipe(), overrides);
    }

    private RunFolder CreateFolder(Recipe recipe)
    {
        if (options.Output is { } output)
        {
            return RunFolder.Create(disk, output, recipe.ToYaml());
        }

        var name = Path.Combine(RunsFolder, recipe.Name);
        var path = name;
        for (var number = 2; disk.FolderExists(Path.GetFullPath(path)); number++)
        {
            path = $"{name}-{number}";
        }

        return RunFolder.Create(disk, path, recipe.ToYaml());
    }

    private static Logger OpenLog(RunFolder folder)
    {
        try
        {
            return new LoggerConfiguration().WriteTo.File(folder.LogPath).CreateLogger();
        }
        catch (IOException cause)
        {
            throw new RunException(
                folder.LogPath, $"the log cannot be written ({cause.Message})", "Free the disk or choose --output.", cause);
        }
    }

    /// <summary>What a session works with once everything was checked.</summary>
    private sealed record Opened(
        Recipe Recipe, LoadedBackbone Backbone, AdapterSpec Spec, TrainingData Data, TrainingPlan Plan, RunFolder Folder,
        ILogger Log);
}
