using MoR.Cluster.Disk;
using MoR.Cluster.Errors;
using MoR.Coordinator.Configuration;
using MoR.Coordinator.Doctor;
using MoR.Coordinator.Memory;
using MoR.Coordinator.Runs;
using TorchSharp;
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
        var recipe = Recipe.Parse(folder.RecipePath, folder.ReadRecipe(), []);
        return new ModelSource(
            recipe.Backbone.Path,
            adapter ?? AdapterOf(folder),
            type ?? recipe.Backbone.Dtype,
            threads ?? recipe.Numerics.EffectiveThreads,
            recipe);
    }

    /// <summary>Loads the weights of the opened backbone, if what the command needs beside them fits into memory.</summary>
    /// <exception cref="InputException">It does not fit.</exception>
    public LoadedBackbone Load(
        BackboneFolder backbone, Device device, MemoryPlan plan, MemoryFacts machine, Action<string> notice)
    {
        if (device.type == DeviceType.CPU)
        {
            plan.Require(machine, notice);
        }

        return backbone.Load(Dtype, device, Threads);
    }

    /// <summary>The checkpoint that the run offers, found whole.</summary>
    private static string AdapterOf(RunFolder folder) => folder.Checkpoints.AdapterStep() is { } step
        ? folder.Checkpoints.Verify(step).Location
        : folder.Checkpoints.LoadLatest().Location;
}
