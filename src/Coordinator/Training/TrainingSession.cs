using System.Text.Json.Nodes;
using MoR.Cluster.Disk;
using MoR.Cluster.Errors;
using MoR.Cluster.Seams;
using MoR.Cluster.Transport;
using MoR.Coordinator.Cluster;
using MoR.Coordinator.CommandLine;
using MoR.Coordinator.Configuration;
using MoR.Coordinator.Configuration.Pretraining;
using MoR.Coordinator.Doctor;
using MoR.Coordinator.Memory;
using MoR.Coordinator.Models;
using MoR.Coordinator.Planning;
using MoR.Coordinator.Runs;
using MoR.Model.Adapters;
using Serilog;

namespace MoR.Coordinator.Training;

/// <summary><c>mor train</c>: everything is read and checked before the run's folder is touched.</summary>
internal sealed class TrainingSession(
    TrainOptions options, ITerminal terminal, IDisk disk, TimeProvider time, IFatalExit fatal,
    Func<MemoryFacts> memory, ClusterSurroundings around)
{
    /// <summary>Runs the command.</summary>
    public async Task<CommandOutcome> RunAsync(CancellationToken stop)
    {
        // A run that goes on is locked before its recipe is read, so that nobody changes it meanwhile.
        using var resumed = options.Resume is { } path ? RunFolder.Open(disk, path, terminal.Note) : null;
        var recipe = LoadRecipe(resumed);
        RecipeFolders.Require(recipe);
        var access = options.Cluster is { } wanted ? ClusterAccess.Open(wanted, around, disk) : null;
        var device = ComputeDevice.Parse(options.Device);
        using var files = BackboneFolder.Open(recipe.Backbone.Path, terminal.Note);
        var spec = AdapterSpecs.Of(recipe, files.Config);
        var data = TrainingData.Load(recipe, files.Config, files.Text, evaluate: !options.NoEval);
        var layout = new AdapterLayout(files.Config, spec);
        var cluster = NodePlan.WithRole(recipe, files.Config, data.Set, options.Cluster, disk, terminal.Note);
        var needed = TrainingMemory.Plan(recipe, files, layout, data, cluster);
        var plan = new TrainingPlan(recipe, files, layout, data, needed);
        plan.Show(terminal);
        needed.Require(device, memory(), terminal.Note);
        var nodeMemory = cluster is { Local: > 0 } local && device.type == TorchSharp.DeviceType.CPU && !options.DryRun
            ? NodeMemory.ShareOf(memory(), needed, local.Local)
            : null;
        if (options.DryRun)
        {
            plan.ShowSequences(terminal);
            var json = plan.ToJson();
            if (cluster is { } nodes)
            {
                json["node_plan"] = ShowNodes(NodePlan.For(recipe, files.Config, data.Set, nodes, disk));
            }

            return CommandOutcome.Done(json);
        }

        using var backbone = files.Load(recipe.Backbone.Dtype, device, recipe.Numerics.EffectiveThreads);
        // Before the run's folder is made, since the address may be taken and the certificate another's.
        await using var listener = access?.Listen();
        using var created = resumed is null
            ? RunSession.CreateFolder(disk, options.Output, recipe.Name, recipe.ToYaml())
            : null;
        var folder = (resumed ?? created)!;
        await using var log = RunSession.OpenLog(folder);
        return await TrainAsync(
            new Opened(recipe, backbone, spec, data, plan, folder, log, files.ConfigText, access, listener, cluster,
                nodeMemory), stop);
    }

    private async Task<CommandOutcome> TrainAsync(Opened run, CancellationToken stop)
    {
        run.Log.Information("session begins: {Facts}", run.Plan.Facts(run.Backbone.Backbone.Fingerprint));
        terminal.Line($"run folder {run.Folder.Location}");
        var recipe = run.Recipe;
        using var model = new TrainedAdapter(recipe, run.Backbone, run.Data, run.Spec);
        void Note(string text)
        {
            run.Log.Information("{Event}", text);
            terminal.Note(text);
        }

        var status = new StatusWriter(run.Folder, "train", recipe.Training.Steps, time)
        {
            Arguments = string.Join(' ', options.ArgumentsOfResume()),
        };
        var session = new RunSession("train", run.Folder, terminal, run.Log, status);
        ClusterSession? joined = null;
        if (run.Cluster is { } plan)
        {
            var nodes = new RunCluster(plan with { NodeMemoryBytes = run.NodeMemory }, run.Access!, run.Listener!, around, time, Note);
            var what = new RunOnNodes(recipe, run.Backbone, run.BackboneConfig, model, run.Folder);
            try
            {
                joined = await status.WatchAsync(() => nodes.StartAsync(what, status, stop));
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                terminal.Line($"interrupted while it waited for nodes; go on with: {session.GoOn}");
                return CommandOutcome.Interrupted(new JsonObject { ["run"] = run.Folder.Location });
            }
        }

        await using var cluster = joined;
        var settings = new TrainerSettings(
            recipe.Training, recipe.Checkpoint, recipe.Evaluation.EverySteps, recipe.Evaluation.EarlyStopPatience);
        var trainer = new Trainer(settings, model, run.Folder, terminal, run.Log, time, fatal, status);
        var result = new TrainingResult(recipe, run.Folder, trainer, model, run.Plan.Notices, cluster);
        var outcome = await session.RunAsync(
            trainer, result, recipe.ToYaml(), recipe.Training.Steps, options.StopAfter, stop);
        if (cluster is not null && outcome.ExitCode == 0)
        {
            await cluster.EndRunAsync("the run has ended");
        }

        return outcome;
    }

    private JsonObject? ShowNodes(PlanReport? report)
    {
        if (report is null)
        {
            terminal.Note("the plan of the nodes needs this machine's speed: 'mor plan --measure' measures it once.");
        }

        report?.Show(terminal);
        return report?.ToJson();
    }

    private Recipe LoadRecipe(RunFolder? resumed)
    {
        var overrides = options.Overrides();
        if (resumed is null)
        {
            var given = options.Recipe
                ?? throw new InputException(
                    "mor train", "neither a recipe nor --resume is given", "Name a recipe, or --resume a run.");
            return Recipe.Load(RecipeCatalogue.PathOf(given), overrides);
        }

        ResumeRules.Training.Check(overrides);
        var text = resumed.ReadRecipe();
        return !PretrainingRecipe.IsOne(text)
            ? Recipe.Parse(resumed.RecipePath, text, overrides)
            : throw new InputException(
                resumed.Location, "it is a pretraining run", "Go on with it by 'mor pretrain --resume'.");
    }

    /// <summary>What a session works with once everything was checked.</summary>
    private sealed record Opened(
        Recipe Recipe, LoadedBackbone Backbone, AdapterSpec Spec, TrainingData Data, TrainingPlan Plan, RunFolder Folder,
        ILogger Log, string BackboneConfig, ClusterAccess? Access, IListener? Listener, ClusterPlan? Cluster,
        long? NodeMemory);
}
