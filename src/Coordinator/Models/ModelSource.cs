using MoR.Cluster.Disk;
using MoR.Cluster.Errors;
using MoR.Coordinator.Configuration;
using MoR.Coordinator.Configuration.Pretraining;
using MoR.Coordinator.Doctor;
using MoR.Coordinator.Memory;
using MoR.Coordinator.Pretraining;
using MoR.Coordinator.Runs;
using static TorchSharp.torch;

namespace MoR.Coordinator.Models;

/// <summary>Where a command's backbone and adapter come from: a run, or folders.</summary>
/// <param name="BackbonePath">The backbone's folder.</param>
/// <param name="AdapterFolder">The adapter, or null for the backbone alone.</param>
/// <param name="Dtype">Type to compute in.</param>
/// <param name="Threads">Threads for mathematics.</param>
/// <param name="Recipe">The run's recipe, if it is a run.</param>
internal sealed record ModelSource(
    string BackbonePath, string? AdapterFolder, RecipeDtype Dtype, int Threads, Recipe? Recipe)
{
    /// <summary>From what the command line names; exactly one of run and backbone is given.</summary>
    public static ModelSource Of(IDisk disk, string? run, string? backbone, string? adapter, string? dtype, int? threads)
    {
        var type = dtype is null ? (RecipeDtype?)null : Enum.Parse<RecipeDtype>(dtype, ignoreCase: true);
        if (run is null)
        {
            var processors = Math.Min(Environment.ProcessorCount, RecipeNumerics.MostThreads);
            return new ModelSource(backbone!, adapter, type ?? RecipeDtype.F32, threads ?? processors, null);
        }

        using var folder = RunFolder.OpenForReading(disk, run);
        var text = folder.ReadRecipe();
        if (PretrainingRecipe.IsOne(text))
        {
            throw new InputException(
                folder.Location, "it is a pretraining run, which has no adapter",
                $"Give its result: --backbone {Path.Combine(folder.Location, PretrainedFolder.Name)}.");
        }

        var recipe = Recipe.Parse(folder.RecipePath, text, []);
        return new ModelSource(
            recipe.Backbone.Path,
            adapter ?? folder.Checkpoints.Offered().Location,
            type ?? recipe.Backbone.Dtype,
            threads ?? recipe.Numerics.EffectiveThreads,
            recipe);
    }

    /// <summary>Loads the weights of the opened backbone, if what the command needs beside them fits into memory.</summary>
    /// <exception cref="InputException">It does not fit.</exception>
    public LoadedBackbone Load(
        BackboneFolder backbone, Device device, MemoryPlan plan, MemoryFacts machine, Action<string> notice)
    {
        plan.Require(device, machine, notice);
        return backbone.Load(Dtype, device, Threads);
    }
}
