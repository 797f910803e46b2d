using MoR.Cluster.Disk;
using MoR.Cluster.Errors;
using MoR.Coordinator.Configuration;
using MoR.Coordinator.Configuration.Pretraining;
using MoR.Coordinator.Runs;

namespace MoR.Coordinator.Models;

/// <summary>Where a command's backbone and adapter come from: a run, or folders.</summary>
/// <param name="BackboneFolder">The backbone.</param>
/// <param name="AdapterFolder">The adapter, or null for the backbone alone.</param>
/// <param name="Dtype">Type to compute in.</param>
/// <param name="Threads">Threads for mathematics.</param>
/// <param name="Recipe">The run's recipe, if it is a run.</param>
internal sealed record ModelSource(
    string BackboneFolder, string? AdapterFolder, RecipeDtype Dtype, int Threads, Recipe? Recipe)
{
    /// <summary>From what the command line names; exactly one of run and backbone is given.</summary>
    public static ModelSource Of(IDisk disk, string? run, string? backbone, string? adapter, int? threads)
    {
        if (run is null)
        {
            var processors = Math.Min(Environment.ProcessorCount, RecipeNumerics.MostThreads);
            return new ModelSource(backbone!, adapter, RecipeDtype.F32, threads ?? processors, null);
        }

        using var folder = RunFolder.OpenForReading(disk, run);
        var text = folder.ReadRecipe();
        if (PretrainingRecipe.IsOne(text))
        {
            throw new InputException(
                folder.Location, "it is a pretraining run, which has no adapter",
                $"Give its result: --backbone {Path.Combine(folder.Location, Pretraining.BackboneFolder.Name)}.");
        }

        var recipe = Recipe.Parse(folder.RecipePath, text, []);
        return new ModelSource(
            recipe.Backbone.Path,
            adapter ?? folder.Checkpoints.Offered().Location,
            recipe.Backbone.Dtype,
            threads ?? recipe.Numerics.EffectiveThreads,
            recipe);
    }

    /// <summary>Loads the backbone.</summary>
    public LoadedBackbone LoadBackbone(string device, Action<string> notice) =>
        LoadedBackbone.Load(BackboneFolder, Dtype, device, Threads, notice);
}
